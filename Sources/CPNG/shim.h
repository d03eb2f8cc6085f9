#ifndef MYSTARION_PNG_SHIM_H
#define MYSTARION_PNG_SHIM_H

#include <png.h>
#include <setjmp.h>
#include <string.h>

/* libpng leaves a failing call by longjmp, which Swift cannot see through, so what is set up, written and torn down
   between is here. Reading goes through png_image, which needs no such thing; but png_image cannot choose a
   compression level. */

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

#endif
