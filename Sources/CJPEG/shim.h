#ifndef MYSTARION_JPEG_SHIM_H
#define MYSTARION_JPEG_SHIM_H

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
#include <turbojpeg.h>

/* Files are written through TurboJPEG. It is not enough to read them: of its warnings, which are all or none fatal,
   some mean that pixels are missing and others that a camera padded its file. So they are read through libjpeg, which
   leaves a failing call by longjmp; Swift cannot see through that, so all that happens between is here. */

enum { JPEG_SHIM_READ, JPEG_SHIM_DAMAGED, JPEG_SHIM_UNSUPPORTED, JPEG_SHIM_CANCELLED };

typedef struct {
    unsigned width;
    unsigned height;
    /* 1 is grey, 3 are red, green, blue, 4 are inks as Adobe's files have them, of which 255 is none. */
    int channels;
} jpeg_shim_header;

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    int ends_early;
} jpeg_shim_errors;

static inline void jpeg_shim_fail(j_common_ptr info) { longjmp(((jpeg_shim_errors *)info->err)->escape, 1); }

static inline void jpeg_shim_say_nothing(j_common_ptr info) { (void)info; }

/* Whether a file that ends here lacks passes over its pixels, or the last bits of their coefficients. */
static inline int jpeg_shim_lacks_passes(const struct jpeg_decompress_struct *image) {
    for (int component = 0; component < image->num_components; component++) {
        if (image->comp_info[component].quant_table == NULL) return 1;
        if (!image->progressive_mode) continue;
        if (image->coef_bits == NULL) return 1;
        for (int place = 0; place < DCTSIZE2; place++) {
            if (image->coef_bits[component][place] != 0) return 1;
        }
    }
    return 0;
}

/* Whether what is read at the moment is the last row of blocks of a picture that has many, in the last pass. */
static inline int jpeg_shim_is_near_the_end(const struct jpeg_decompress_struct *image) {
    return image->total_iMCU_rows >= 8 && image->input_iMCU_row + 1 >= image->total_iMCU_rows
        && !jpeg_shim_lacks_passes(image);
}

/* Goes on after a warning unless pixels are missing or wrong because of it. */
static inline void jpeg_shim_warn(j_common_ptr info, int level) {
    jpeg_shim_errors *errors = (jpeg_shim_errors *)info->err;
    const struct jpeg_decompress_struct *image = (const struct jpeg_decompress_struct *)info;
    if (level >= 0) return;
    switch (errors->base.msg_code) {
    case JWRN_JPEG_EOF:
        errors->ends_early = 1;
        /* The arithmetic decoder takes zeros for what is missing, without a word. */
        if (image->arith_code && !jpeg_shim_is_near_the_end(image)) jpeg_shim_fail(info);
        break;
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
        if (!jpeg_shim_is_near_the_end(image)) jpeg_shim_fail(info);
        break;
    default:
        break;
    }
}

static inline int jpeg_shim_status(const jpeg_shim_errors *errors) {
    switch (errors->base.msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_COMPONENT_COUNT:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_NOTIMPL:
    case JERR_NOT_COMPILED:
    case JERR_SOF_UNSUPPORTED:
        return JPEG_SHIM_UNSUPPORTED;
    default:
        return JPEG_SHIM_DAMAGED;
    }
}

/* Whether the picture is not wanted any more, as asked between rows, also of passes that give no pixels yet. */
typedef struct {
    struct jpeg_progress_mgr base;
    int (*is_cancelled)(void *);
    void *context;
    volatile int was_cancelled; /* Set between setjmp and longjmp. */
} jpeg_shim_progress;

static inline void jpeg_shim_ask(j_common_ptr info) {
    jpeg_shim_progress *progress = (jpeg_shim_progress *)info->progress;
    if (!progress->is_cancelled(progress->context)) return;
    progress->was_cancelled = 1;
    jpeg_shim_fail(info);
}

/* Reads a file's header and, unless `pixels` is NULL, its pixels into rows of `row_bytes`. */
static inline int jpeg_shim_read(
    const unsigned char *bytes, size_t count, jpeg_shim_header *header, unsigned char *pixels, size_t row_bytes,
    int (*is_cancelled)(void *), void *context) {
    struct jpeg_decompress_struct image;
    jpeg_shim_errors errors;
    jpeg_shim_progress progress = {{jpeg_shim_ask, 0, 0, 0, 0}, is_cancelled, context, 0};
    image.err = jpeg_std_error(&errors.base);
    errors.base.error_exit = jpeg_shim_fail;
    errors.base.emit_message = jpeg_shim_warn;
    errors.base.output_message = jpeg_shim_say_nothing;
    errors.ends_early = 0;
    if (setjmp(errors.escape)) {
        jpeg_destroy_decompress(&image);
        return progress.was_cancelled ? JPEG_SHIM_CANCELLED : jpeg_shim_status(&errors);
    }
    jpeg_create_decompress(&image);
    image.progress = &progress.base;
    jpeg_mem_src(&image, bytes, count);
    jpeg_read_header(&image, TRUE);
    switch (image.jpeg_color_space) {
    case JCS_GRAYSCALE:
        image.out_color_space = JCS_GRAYSCALE;
        header->channels = 1;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        image.out_color_space = JCS_CMYK;
        header->channels = 4;
        break;
    case JCS_YCbCr:
    case JCS_RGB:
        image.out_color_space = JCS_RGB;
        header->channels = 3;
        break;
    default:
        errors.base.msg_code = JERR_CONVERSION_NOTIMPL;
        jpeg_shim_fail((j_common_ptr)&image);
    }
    header->width = image.image_width;
    header->height = image.image_height;
    if (pixels != NULL) {
        jpeg_start_decompress(&image);
        if (errors.ends_early && jpeg_shim_lacks_passes(&image)) {
            errors.base.msg_code = JWRN_JPEG_EOF;
            jpeg_shim_fail((j_common_ptr)&image);
        }
        if (image.output_width != header->width || image.output_height != header->height
            || (size_t)image.output_width * image.output_components > row_bytes) {
            jpeg_shim_fail((j_common_ptr)&image);
        }
        while (image.output_scanline < image.output_height) {
            JSAMPROW row = pixels + image.output_scanline * row_bytes;
            jpeg_read_scanlines(&image, &row, 1);
        }
    }
    jpeg_destroy_decompress(&image);
    return JPEG_SHIM_READ;
}

#endif
