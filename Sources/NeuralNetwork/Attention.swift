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
    attention(query: Channels(query), key: Channels(key), value: Channels(value), heads: heads, isCausal: isCausal)
}

/// Multi-head scaled dot-product attention of channels that lie in tensors of more.
public func attention(query: Channels, key: Channels, value: Channels, heads: Int, isCausal: Bool = false) -> Tensor {
    let (batch, queries) = (query.tensor.shape[0], query.tensor.shape[1])
    let (keys, channels) = (key.tensor.shape[1], query.range.count)
    precondition(
        key.tensor.shape[0] == batch && value.tensor.shape[..<2] == key.tensor.shape[..<2]
            && key.range.count == channels && value.range.count == channels, "keys and values differ in shape")
    precondition(channels % heads == 0, "\(channels) channels do not divide into \(heads) heads")
    let device = query.tensor.device
    let kernels = device.kernels.table.pointee
    let (lanes, dim) = (device.kernels.lanes, channels / heads)
    func padded(_ count: Int) -> Int { (count + lanes - 1) / lanes * lanes }

    device.work.add(multiplyAdds: 2 * batch * queries * keys * channels)
    let keySize = dim * padded(keys)
    let packed = Tensor(uninitialized: [batch * heads, keySize + keys * padded(dim)], on: device)
    let packedHead = keySize + keys * padded(dim)
    let panels = packed.pointer
    let (keyRows, keyStride, valueRows, valueStride) = (key.rows, key.stride, value.rows, value.stride)
    let pack = { (index: Int) in
        let (sample, head) = (index / heads, index % heads * dim)
        let target = panels + index * packedHead
        kernels.pack_columns(keyRows(sample) + head, keyStride, keys, dim, target)
        kernels.pack_rows(valueRows(sample) + head, valueStride, keys, dim, target + keySize)
    }

    let result = Tensor(uninitialized: [batch, queries, channels], on: device)
    let target = result.pointer
    let rows = kernels.row_tile
    let block = min(queries, max(rows, min(16 * rows, 128 * 1024 / padded(keys) / rows * rows)))
    let blocks = (queries + block - 1) / block
    let scratchSize = block * (padded(keys) + 1)
    let scratch = Tensor(uninitialized: [device.threads.count, scratchSize], on: device)
    let (queryRows, queryStride, scratches) = (query.rows, query.stride, scratch.pointer)
    if blocks > 1 { device.forEach(batch * heads) { index, _ in pack(index) } }
    device.forEach(batch * heads * blocks) { part, thread in
        if blocks == 1 { pack(part) }
        let (index, first) = (part / blocks, part % blocks * block)
        let count = min(block, queries - first)
        let (sample, column) = (index / heads, index % heads * dim)
        let head = panels + index * packedHead
        kernels.attention(
            queryRows(sample) + first * queryStride + column, queryStride, head, head + keySize,
            target + (sample * queries + first) * channels + column, channels, count, keys, dim,
            1 / Float(dim).squareRoot(), isCausal, first, scratches + thread * scratchSize)
    }
    return result
}

/// Some of the channels of every position of a sequence.
public struct Channels: Sendable {
    let tensor: Tensor
    let range: Range<Int>

    /// Names channels of `tensor` `[batch, position, channel]`; all unless told otherwise.
    public init(_ tensor: Tensor, _ range: Range<Int>? = nil) {
        precondition(tensor.shape.count == 3, "a sequence has three dimensions, not \(tensor.shape)")
        self.tensor = tensor
        self.range = range ?? 0..<tensor.shape[2]
        precondition(self.range.upperBound <= tensor.shape[2], "\(tensor.shape) has no channels \(self.range)")
    }

    var stride: Int { tensor.shape[2] }

    /// Where the channels of a sample's first position begin, while the tensor lives.
    var rows: (_ sample: Int) -> UnsafePointer<Float> {
        let (first, size) = (UnsafePointer(tensor.pointer + range.lowerBound), tensor.shape[1] * stride)
        return { sample in first + sample * size }
    }
}
