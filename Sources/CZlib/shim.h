#ifndef MYSTARION_ZLIB_SHIM_H
#define MYSTARION_ZLIB_SHIM_H

#include <string.h>
#include <zlib.h>

/* deflateInit2 is a macro, which Swift does not see. Writes `source` as a gzip file (RFC 1952) of unknown time and
   system into `target` and returns its size, or 0 when something failed or there is too little room. */
static inline size_t zlib_shim_gzip(
    const unsigned char *source, size_t source_size, unsigned char *target, size_t target_size) {
    if (source_size > 1u << 30 || target_size > 1u << 30) return 0;
    z_stream stream;
    memset(&stream, 0, sizeof stream);
    if (deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (unsigned char *)source;
    stream.avail_in = (unsigned int)source_size;
    stream.next_out = target;
    stream.avail_out = (unsigned int)target_size;
    int status = deflate(&stream, Z_FINISH);
    size_t size = stream.total_out;
    deflateEnd(&stream);
    return status == Z_STREAM_END ? size : 0;
}

#endif
