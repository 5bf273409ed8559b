/** How a compressed unit is packed: a zlib stream (RFC 1950), raw deflate (RFC 1951), a Zstandard frame (RFC 8878). */
export type CompressionMethod = 'zlib' | 'deflate' | 'zstd';
