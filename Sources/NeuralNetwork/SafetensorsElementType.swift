/// The element types that the safetensors format names.
///
/// Source: `Dtype` in huggingface/safetensors, `safetensors/src/tensor.rs`.
public enum SafetensorsElementType: String, CaseIterable, Sendable {
    /// IEEE 754 binary32.
    case float32 = "F32"
    /// IEEE 754 binary16.
    case float16 = "F16"
    /// The upper half of a binary32.
    case bfloat16 = "BF16"
    /// IEEE 754 binary64.
    case float64 = "F64"
    /// A pair of binary32, real and imaginary part.
    case complex64 = "C64"
    /// Signed, 64 bits.
    case int64 = "I64"
    /// Signed, 32 bits.
    case int32 = "I32"
    /// Signed, 16 bits.
    case int16 = "I16"
    /// Signed, 8 bits.
    case int8 = "I8"
    /// Unsigned, 64 bits.
    case uint64 = "U64"
    /// Unsigned, 32 bits.
    case uint32 = "U32"
    /// Unsigned, 16 bits.
    case uint16 = "U16"
    /// Unsigned, 8 bits.
    case uint8 = "U8"
    /// True or false, one byte.
    case boolean = "BOOL"
    /// 8 bits, 5 of exponent, 2 of mantissa.
    case float8E5M2 = "F8_E5M2"
    /// 8 bits, 4 of exponent, 3 of mantissa.
    case float8E4M3 = "F8_E4M3"
    /// 8 bits of exponent: a scale.
    case float8E8M0 = "F8_E8M0"
    /// 8 bits, 4 of exponent, 3 of mantissa, no infinities and no negative zero.
    case float8E4M3FNUZ = "F8_E4M3FNUZ"
    /// 8 bits, 5 of exponent, 2 of mantissa, no infinities and no negative zero.
    case float8E5M2FNUZ = "F8_E5M2FNUZ"
    /// 6 bits, 2 of exponent, 3 of mantissa.
    case float6E2M3 = "F6_E2M3"
    /// 6 bits, 3 of exponent, 2 of mantissa.
    case float6E3M2 = "F6_E3M2"
    /// 4 bits.
    case float4 = "F4"

    /// The bits that one element takes in a file.
    public var bits: Int {
        switch self {
        case .float64, .complex64, .int64, .uint64: 64
        case .float32, .int32, .uint32: 32
        case .float16, .bfloat16, .int16, .uint16: 16
        case .int8, .uint8, .boolean: 8
        case .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ: 8
        case .float6E2M3, .float6E3M2: 6
        case .float4: 4
        }
    }

    /// Whether elements of this type can be read as Float32 without loss.
    public var isReadable: Bool {
        switch self {
        case .float32, .float16, .bfloat16: true
        default: false
        }
    }
}
