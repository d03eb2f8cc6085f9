import CKernels

/// Multi-head scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762).
///
/// A block of queries at a time: its scores fit the second-level cache, and the whole score matrix never exists.
///
/// - Parameters:
///   - query: `[batch, queries, heads × dim]`.
///   - key: `[batch, keys, heads × dim]`.
///   - value: `[batch, keys, heads × dim]`.
///   - heads: The number of heads.
///   - isCausal: Whether query i sees only keys 0…i.
/// - Returns: `[batch, queries, heads × dim]`.
public func attention(query: Tensor, key: Tensor, value: Tensor, heads: Int, isCausal: Bool = false) -> Tensor {
    let (batch, queries, channels) = (query.shape[0], query.shape[1], query.shape[2])
    let keys = key.shape[1]
    precondition(key.shape == [batch, keys, channels] && value.shape == key.shape, "keys and values differ in shape")
    precondition(channels % heads == 0, "\(channels) channels do not divide into \(heads) heads")
    let device = query.device
    let kernels = device.kernels.table.pointee
    let (lanes, dim) = (device.kernels.lanes, channels / heads)
    func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    let keySize = dim * padded(keys)
    let packed = Tensor(uninitialized: [batch * heads, keySize + keys * padded(dim)], on: device)
    let packedHead = keySize + keys * padded(dim)
    let (keyRows, valueRows, panels) = (key.pointer, value.pointer, packed.pointer)
    device.threads.forEach(batch * heads) { index in
        let first = index / heads * keys * channels + index % heads * dim
        let target = panels + index * packedHead
        kernels.pack_columns(keyRows + first, channels, keys, dim, target)
        kernels.pack_rows(valueRows + first, channels, keys, dim, target + keySize)
    }

    let result = Tensor(uninitialized: query.shape, on: device)
    let (source, target) = (query.pointer, result.pointer)
    let rows = kernels.row_tile
    let block = max(rows, min(16 * rows, 128 * 1024 / padded(keys) / rows * rows))
    let blocks = (queries + block - 1) / block
    device.threads.forEach(batch * heads * blocks) { part in
        let (index, first) = (part / blocks, part % blocks * block)
        let count = min(block, queries - first)
        let offset = (index / heads * queries + first) * channels + index % heads * dim
        let scratch = Tensor(uninitialized: [count * (padded(keys) + 1)], on: device)
        let head = panels + index * packedHead
        kernels.attention(
            source + offset, channels, head, head + keySize, target + offset, channels, count, keys, dim,
            1 / Float(dim).squareRoot(), isCausal, first, scratch.pointer)
    }
    return result
}
