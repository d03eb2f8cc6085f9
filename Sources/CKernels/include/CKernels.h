#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Single-threaded kernels over ranges of rows, pixels or tiles; the caller spreads ranges over threads and owns all
// memory. Matrices are row-major float; feature maps are [batch, height, width, channels].

/// What follows a sum of products in the same pass, in this order: bias, shift, activation or slope, residual.
typedef enum {
    ck_identity,
    ck_silu,
    ck_gelu,        // exact, with erf
    ck_gelu_tanh,   // its tanh approximation
    ck_quick_gelu,  // x * sigmoid(1.702 x)
    ck_relu,
    ck_geglu,       // half of the columns times the gelu of the other half (weights packed with geglu = true)
} ck_activation;

/// C[m, n] = activation(sum over taps of A_tap[m, :] . B_tap[:, n] + bias[n] + shift[m / shift_rows, n]) + residual[m, n].
///
/// A matrix product has one tap. A convolution has one a kernel position: row m of tap t is the pixel that output m
/// sees there, or zeros beyond the edge.
typedef struct {
    size_t m, n, k;              // rows of C; columns of C; inner length of one tap
    size_t taps;
    const float *a;              // matrix product: [m, lda]; convolution: the input [batch, height, width, k]
    size_t lda;
    const void *b;               // packed by `pack`: floats, or halves made of them by `narrow`
    bool half;
    float *c;
    size_t ldc;
    const float *bias;           // [n rounded up to the panel], or NULL
    const float *shift;          // [batch, n], or NULL
    size_t shift_rows;           // rows of C for each row of shift
    const float *residual;       // [m, ldr], or NULL
    size_t ldr;
    ck_activation activation;
    const float *slope;          // PReLU: what negative numbers are multiplied with, as long as bias; or NULL
    // Convolution only.
    const float *zeros;          // k zeros; NULL for a matrix product and where the input itself has them round it
    size_t height, width;        // of the input, after upsampling, and with its own zeros
    unsigned upsampling;         // each stored pixel stands for 2^upsampling x 2^upsampling (nearest neighbour)
    size_t out_height, out_width;
    size_t kernel_width, stride, pad_top, pad_left;
} ck_gemm;

/// A 3x3 convolution, stride 1, padding 1, by Winograd's F(4x4, 3x3) (Lavin and Gray 2015, arXiv:1509.09308).
typedef struct {
    size_t batch, height, width, in_channels, out_channels;
    unsigned upsampling;         // each stored pixel of the input stands for 2^upsampling x 2^upsampling
    const float *input;
    const void *weights;         // packed by `pack` with 9 taps: floats, or halves made of them by `narrow`
    bool half;
    const float *planes;         // what `winograd_weights` made of them, or NULL
    float *output;
    const float *bias;           // [out_channels rounded up to the panel], or NULL
    const float *shift;          // [batch, out_channels], or NULL
    const float *residual;       // the output's shape, or NULL
    ck_activation activation;
    const float *slope;          // as that of ck_gemm
    const float *zeros;          // in_channels zeros
    size_t first_tile, tiles;    // the block of 4x4 tiles that `transformed` holds
    size_t plane;                // floats from one of 36 planes to the next, at least tiles * in_channels
    float *transformed;          // [36, plane], of each plane [tiles, in_channels]
} ck_winograd;

typedef struct {
    const char *name;
    size_t lanes;                // floats in a vector
    size_t panel;                // columns of a panel of packed weights
    size_t row_tile;             // rows that a micro-kernel computes at once
    bool has_half;               // whether weights may be half-precision numbers

    /// Packs panels of weights [n, taps, k] (row stride taps * k) for `gemm`: each vector of columns as one
    /// [taps * k, lanes], zero-filled to whole vectors.
    /// With geglu, a panel holds half a panel of columns from the first n / 2 and the matching ones from the rest.
    void (*pack)(const float *weights, size_t n, size_t taps, size_t k, bool geglu, float *packed, size_t panel_begin,
                 size_t panel_end);
    /// Whether every number is the same in half precision.
    bool (*fits_half)(const float *x, size_t count);
    /// Rounds to half precision.
    void (*narrow)(const float *x, uint16_t *y, size_t count);
    /// Packs an untransposed matrix [k, n] with row stride ldb, as vectors of columns.
    void (*pack_rows)(const float *matrix, size_t ldb, size_t k, size_t n, float *packed);
    /// Packs an [n, k] matrix with row stride ldw, as vectors of columns.
    void (*pack_columns)(const float *matrix, size_t ldw, size_t n, size_t k, float *packed);
    /// Whether `gemm` widens panels of halves before it multiplies with them.
    bool (*widens_panels)(const ck_gemm *g);
    /// Rows row_begin..<row_end of the result, and the vectors of packed columns vector_begin..<vector_end: of one panel
    /// after the other, each of panel / lanes vectors. With geglu, whole panels only.
    /// Scratch: a panel of floats, taps * k * panel, if it widens panels.
    void (*gemm)(const ck_gemm *g, size_t row_begin, size_t row_end, size_t vector_begin, size_t vector_end,
                 float *scratch);

    /// Transforms one vector of columns of the weights: planes[36, vectors, in_channels, lanes].
    void (*winograd_weights)(const ck_winograd *w, size_t vector, float *planes);
    void (*winograd_input)(const ck_winograd *w, size_t tile_begin, size_t tile_end);
    /// Tiles tile_begin..<tile_end of the block, and the vectors of output channels that are there of
    /// vector_begin..<vector_end. Scratch: `winograd_scratch(tiles)` floats.
    void (*winograd_products)(const ck_winograd *w, size_t vector_begin, size_t vector_end, size_t tile_begin,
                              size_t tile_end, float *scratch);
    size_t (*winograd_scratch)(size_t tiles);

    /// One block of queries of one head: softmax(scale * Q K^T) V, with K packed by `pack_columns` and V by
    /// `pack_rows`. With causal, query i sees keys 0...first_query + i. Scratch: queries * (keys rounded up to a
    /// vector + 1) floats.
    void (*attention)(const float *q, size_t ldq, const float *keys, const float *values, float *out, size_t ldo,
                      size_t queries, size_t key_count, size_t dim, float scale, bool causal, size_t first_query,
                      float *scratch);

    /// Sums and sums of squares over pixels, `stride` floats apart, of a channel's difference from the first pixel:
    /// sums[channels], squares[channels].
    void (*channel_sums)(const float *x, size_t pixels, size_t channels, size_t stride, float *sums, float *squares);
    /// y = activation(x * scale + offset), a scale and an offset a channel.
    void (*scale_channels)(const float *x, float *y, size_t pixels, size_t channels, size_t stride, const float *scale,
                           const float *offset, ck_activation activation);
    void (*layer_norm)(const float *x, float *y, size_t rows, size_t channels, const float *weight, const float *bias,
                       float epsilon);
    void (*activate)(const float *x, float *y, size_t count, ck_activation activation);
    void (*add)(const float *a, const float *b, float *y, size_t count);
} ck_kernels;

/// The kernels for one instruction set, or NULL where this build or this processor has none.
const ck_kernels *ck_portable(void);
const ck_kernels *ck_avx2(void);
const ck_kernels *ck_avx512(void);
const ck_kernels *ck_neon(void);

/// Tells the processor that this thread only waits.
static inline void ck_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
