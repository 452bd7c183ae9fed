//! Numbers as files of vectors hold them, turned into `f32`.
//!
//! Deliberately absent: complex numbers and formats of less than a byte.

use half::{bf16, f16};

/// How one number is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    kind: Kind,
    is_big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    F16,
    Bf16,
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

impl Number {
    /// `f32` with its least byte first.
    pub(super) const LITTLE_F32: Self = Self { kind: Kind::F32, is_big_endian: false };

    /// As NumPy names it: `<f4`, `>f8`, `|u1`.
    pub(super) fn of_numpy(name: &str) -> Option<Self> {
        let (order, name) = name.split_at_checked(1)?;
        let kind = match name {
            "f2" => Kind::F16,
            "f4" => Kind::F32,
            "f8" => Kind::F64,
            "i1" => Kind::I8,
            "i2" => Kind::I16,
            "i4" => Kind::I32,
            "i8" => Kind::I64,
            "u1" => Kind::U8,
            "u2" => Kind::U16,
            "u4" => Kind::U32,
            "u8" => Kind::U64,
            _ => return None,
        };
        Some(Self { kind, is_big_endian: order == ">" })
    }

    /// As safetensors names it: `F32`, `BF16`.
    pub(super) fn of_safetensors(name: &str) -> Option<Self> {
        let kind = match name {
            "F16" => Kind::F16,
            "BF16" => Kind::Bf16,
            "F32" => Kind::F32,
            "F64" => Kind::F64,
            "I8" => Kind::I8,
            "I16" => Kind::I16,
            "I32" => Kind::I32,
            "I64" => Kind::I64,
            "U8" => Kind::U8,
            "U16" => Kind::U16,
            "U32" => Kind::U32,
            "U64" => Kind::U64,
            _ => return None,
        };
        Some(Self { kind, is_big_endian: false })
    }

    /// Whether it is a fraction rather than a whole number.
    pub(super) fn is_float(self) -> bool {
        matches!(self.kind, Kind::F16 | Kind::Bf16 | Kind::F32 | Kind::F64)
    }

    /// Bytes of one.
    pub(super) fn size(self) -> usize {
        match self.kind {
            Kind::I8 | Kind::U8 => 1,
            Kind::F16 | Kind::Bf16 | Kind::I16 | Kind::U16 => 2,
            Kind::F32 | Kind::I32 | Kind::U32 => 4,
            Kind::F64 | Kind::I64 | Kind::U64 => 8,
        }
    }

    /// All numbers in `bytes`.
    pub(super) fn decode(self, bytes: &[u8]) -> Vec<f32> {
        macro_rules! decode {
            ($number:ty, $turn:expr) => {
                bytes
                    .as_chunks()
                    .0
                    .iter()
                    .map(|&bytes| {
                        let value = if self.is_big_endian {
                            <$number>::from_be_bytes(bytes)
                        } else {
                            <$number>::from_le_bytes(bytes)
                        };
                        $turn(value)
                    })
                    .collect()
            };
        }
        match self.kind {
            Kind::F16 => decode!(f16, f16::to_f32),
            Kind::Bf16 => decode!(bf16, bf16::to_f32),
            Kind::F32 => decode!(f32, |value| value),
            Kind::F64 => decode!(f64, |value| value as f32),
            Kind::I8 => decode!(i8, f32::from),
            Kind::I16 => decode!(i16, f32::from),
            Kind::I32 => decode!(i32, |value| value as f32),
            Kind::I64 => decode!(i64, |value| value as f32),
            Kind::U8 => decode!(u8, f32::from),
            Kind::U16 => decode!(u16, f32::from),
            Kind::U32 => decode!(u32, |value| value as f32),
            Kind::U64 => decode!(u64, |value| value as f32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_either_byte_order_are_read() {
        let read = |name: &str, bytes: &[u8]| Number::of_numpy(name).expect("known").decode(bytes);
        assert_eq!(read("<f4", &1.5_f32.to_le_bytes()), [1.5]);
        assert_eq!(read(">f8", &(-2.25_f64).to_be_bytes()), [-2.25]);
        assert_eq!(read("<f2", &f16::from_f32(0.5).to_le_bytes()), [0.5]);
        assert_eq!(read("|u1", &[7, 255]), [7.0, 255.0]);
        assert_eq!(read("<i8", &(-3_i64).to_le_bytes()), [-3.0]);
        assert_eq!(Number::of_numpy("<U7"), None);
        let bf16 = Number::of_safetensors("BF16").expect("known");
        assert_eq!(bf16.decode(&bf16::from_f32(-1.0).to_le_bytes()), [-1.0]);
    }
}
