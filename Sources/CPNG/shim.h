#ifndef MYSTARION_PNG_SHIM_H
#define MYSTARION_PNG_SHIM_H

#include <png.h>
#include <setjmp.h>
#include <string.h>

/* libpng leaves a failing call by longjmp, which Swift cannot see through, so what is set up, written, read and torn down
   between is here. png_image needs no such thing, but it cannot choose a compression level, and changes colours by what
   it understands of their description, which is the gamma alone. */

typedef struct {
    unsigned char *bytes;
    size_t capacity;
    size_t count;
} png_shim_output;

static inline void png_shim_append(png_structp png, png_bytep bytes, size_t count) {
    png_shim_output *output = (png_shim_output *)png_get_io_ptr(png);
    if (count > output->capacity - output->count) png_error(png, "full");
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static inline void png_shim_flush(png_structp png) { (void)png; }

static inline void png_shim_fail(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static inline void png_shim_warn(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

/* Writes 8-bit pixels into `bytes` and returns the file's size, or 0 when something failed. */
static inline size_t png_shim_write(
    const unsigned char *pixels, png_uint_32 width, png_uint_32 height, int color_type, size_t row_bytes, int level,
    int filters, unsigned char *bytes, size_t capacity) {
    png_shim_output output = {bytes, capacity, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, png_shim_fail, png_shim_warn);
    if (png == NULL) return 0;
    png_infop info = png_create_info_struct(png);
    if (info == NULL || setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return 0;
    }
    png_set_write_fn(png, &output, png_shim_append, png_shim_flush);
    png_set_IHDR(
        png, info, width, height, 8, color_type, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
        PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    png_set_compression_level(png, level);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, filters);
    png_write_info(png, info);
    for (png_uint_32 y = 0; y < height; y++) png_write_row(png, pixels + y * row_bytes);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    return output.count;
}

/* What a file says that its numbers mean. */
typedef struct {
    /* An ICC profile, which lives as long as its reader; NULL without any. */
    const unsigned char *profile;
    size_t profile_count;
    int is_srgb;
    int has_gamma;
    double gamma;
    int has_chromaticities;
    /* x and y of white, red, green, blue. */
    double chromaticities[8];
} png_shim_colors;

typedef struct {
    png_structp png;
    png_infop info;
    const unsigned char *bytes;
    size_t count;
    size_t offset;
} png_shim_reader;

static inline void png_shim_take(png_structp png, png_bytep bytes, size_t count) {
    png_shim_reader *reader = (png_shim_reader *)png_get_io_ptr(png);
    if (count > reader->count - reader->offset) png_error(png, "ends early");
    memcpy(bytes, reader->bytes + reader->offset, count);
    reader->offset += count;
}

static inline void png_shim_close(png_shim_reader *reader) {
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
}

/* Reads all before the pixels of the file that the reader refers to; returns 0, and leaves nothing to close, when that
   fails. Chunks that say nothing of the pixels are passed over unread. */
static inline int png_shim_open(png_shim_reader *reader, png_uint_32 maximum_chunk) {
    static const png_byte described[] = "cHRM\0gAMA\0iCCP\0sRGB";
    reader->offset = 0;
    reader->info = NULL;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, png_shim_fail, png_shim_warn);
    if (reader->png == NULL) return 0;
    reader->info = png_create_info_struct(reader->png);
    if (reader->info == NULL || setjmp(png_jmpbuf(reader->png))) {
        png_shim_close(reader);
        return 0;
    }
    png_set_read_fn(reader->png, reader, png_shim_take);
    png_set_benign_errors(reader->png, 1);
    png_set_chunk_malloc_max(reader->png, maximum_chunk);
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_AS_DEFAULT, described, sizeof described / 5);
    png_read_info(reader->png, reader->info);
    return 1;
}

static inline png_shim_colors png_shim_describe(const png_shim_reader *reader) {
    png_shim_colors colors;
    png_charp name;
    png_bytep profile;
    png_uint_32 count;
    int value;
    memset(&colors, 0, sizeof colors);
    if (png_get_iCCP(reader->png, reader->info, &name, &value, &profile, &count)) {
        colors.profile = profile;
        colors.profile_count = count;
    }
    colors.is_srgb = png_get_sRGB(reader->png, reader->info, &value) != 0;
    colors.has_gamma = png_get_gAMA(reader->png, reader->info, &colors.gamma) != 0;
    double *xy = colors.chromaticities;
    colors.has_chromaticities =
        png_get_cHRM(reader->png, reader->info, xy, xy + 1, xy + 2, xy + 3, xy + 4, xy + 5, xy + 6, xy + 7) != 0;
    return colors;
}

/* Has pixels come as 8 or, unless `keeps_16` is 0, 16 bits a channel, palettes and transparent colours resolved, and
   returns how many channels they have: 1, 3 or 4; 0 when that fails. `passes` is how often all rows are read. */
static inline int png_shim_begin(png_shim_reader *reader, int keeps_16, int *passes) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return 0;
    int has_opacity = (png_get_color_type(png, reader->info) & PNG_COLOR_MASK_ALPHA) != 0
        || png_get_valid(png, reader->info, PNG_INFO_tRNS) != 0;
    png_set_expand(png);
    if (!keeps_16) {
        png_set_scale_16(png);
    } else {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        png_set_swap(png);
#endif
    }
    if (has_opacity) png_set_gray_to_rgb(png);
    *passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);
    return png_get_channels(png, reader->info);
}

enum { PNG_SHIM_DAMAGED, PNG_SHIM_READ, PNG_SHIM_CANCELLED };

/* Reads all pixels into rows of `row_bytes`, and asks before each whether they are not wanted any more. */
static inline int png_shim_read(
    png_shim_reader *reader, int passes, unsigned char *pixels, size_t row_bytes, int (*is_cancelled)(void *),
    void *context) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return PNG_SHIM_DAMAGED;
    if (png_get_rowbytes(png, reader->info) != row_bytes) return PNG_SHIM_DAMAGED;
    png_uint_32 height = png_get_image_height(png, reader->info);
    for (int pass = 0; pass < passes; pass++) {
        for (png_uint_32 y = 0; y < height; y++) {
            if (is_cancelled(context)) return PNG_SHIM_CANCELLED;
            png_read_row(png, pixels + y * row_bytes, NULL);
        }
    }
    return PNG_SHIM_READ;
}

#endif
