/** Emphasis that a renderer may use. On a terminal each adds colour; elsewhere each gives its text back. */
export interface Style {
  readonly heading: (text: string) => string;
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly leak: (text: string) => string;
  readonly good: (text: string) => string;
  /** What frames the text and may be read over: arrows, labels, counts. */
  readonly quiet: (text: string) => string;
}

const asIs = (text: string): string => text;

/** No emphasis: for pipes, files and `NO_COLOR`. */
export const plainStyle: Style = {
  heading: asIs,
  error: asIs,
  warning: asIs,
  leak: asIs,
  good: asIs,
  quiet: asIs,
};
