"""How far two sets of pictures [N, 3, H, W] in -1...1 are apart."""

import math

import torch
import torch.nn.functional as F


def psnr(a, b):
    """Of the mean squared error over all pictures, in dB."""
    return -10 * math.log10(((a - b) / 2).square().mean())


def l1(a, b):
    """Share of full scale."""
    return ((a - b) / 2).abs().mean().item()


def ssim(a, b, window=11, sigma=1.5):
    """Structural similarity (Wang et al., 2004) of the luminance, the mean over all pictures; 1 is identical."""
    weights = torch.tensor([0.299, 0.587, 0.114])[None, :, None, None]
    a, b = (((x + 1) / 2 * weights).sum(1, keepdim=True) for x in (a, b))
    x = torch.arange(window) - window // 2
    g = torch.exp(-x.square() / (2 * sigma ** 2))
    kernel = (g[:, None] * g / g.sum() ** 2)[None, None]
    def blur(z):
        return F.conv2d(z, kernel)
    mean_a, mean_b = blur(a), blur(b)
    var_a, var_b, cov = blur(a * a) - mean_a ** 2, blur(b * b) - mean_b ** 2, blur(a * b) - mean_a * mean_b
    return (((2 * mean_a * mean_b + 1e-4) * (2 * cov + 9e-4)) / ((mean_a ** 2 + mean_b ** 2 + 1e-4) * (var_a + var_b + 9e-4))).mean().item()
