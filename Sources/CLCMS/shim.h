#ifndef MYSTARION_LCMS_SHIM_H
#define MYSTARION_LCMS_SHIM_H

#include <lcms2.h>

/* Pixel layouts are macros that Swift cannot read. */
static const cmsUInt32Number lcms_shim_gray_8 = TYPE_GRAY_8;
static const cmsUInt32Number lcms_shim_gray_16 = TYPE_GRAY_16;
static const cmsUInt32Number lcms_shim_rgb_8 = TYPE_RGB_8;
static const cmsUInt32Number lcms_shim_rgb_16 = TYPE_RGB_16;
static const cmsUInt32Number lcms_shim_rgba_8 = TYPE_RGBA_8;
static const cmsUInt32Number lcms_shim_rgba_16 = TYPE_RGBA_16;
/* Inks as Adobe's files have them: 255 is none. */
static const cmsUInt32Number lcms_shim_inverted_cmyk_8 = TYPE_CMYK_8_REV;
static const cmsUInt32Number lcms_shim_copy_alpha = cmsFLAGS_COPY_ALPHA;

#endif
