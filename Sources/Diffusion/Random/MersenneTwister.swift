/// The generator MT19937, seeded and advanced as PyTorch's CPU generator does it.
///
/// Makoto Matsumoto and Takuji Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed uniform
/// pseudo-random number generator", 1998. Reference: `aten/src/ATen/core/MT19937RNGEngine.h`.
struct MersenneTwister: Sendable {
    private static let count = 624
    private static let middle = 397

    private var state: [UInt32]
    private var position = MersenneTwister.count

    init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(Self.count)
        for index in 1..<Self.count {
            let last = state[index - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(index))
        }
    }

    /// The next 32 uniformly distributed bits.
    mutating func next() -> UInt32 {
        if position == Self.count { twist() }
        var y = state[position]
        position += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        y ^= y >> 18
        return y
    }

    private mutating func twist() {
        for index in 0..<Self.count {
            let following = state[(index + 1) % Self.count]
            let mixed = (state[index] & 0x8000_0000) | (following & 0x7fff_ffff)
            let odd: UInt32 = following & 1 == 0 ? 0 : 0x9908_b0df
            state[index] = state[(index + Self.middle) % Self.count] ^ (mixed >> 1) ^ odd
        }
        position = 0
    }
}
