//! Rich Text as groups, control words and bytes of text.
//!
//! Deliberately absent: what the words mean.

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Open,
    Close,
    /// A control word or sign without its backslash, and its number.
    Word(&'a str, Option<i32>),
    /// `\*`: who does not know the next word leaves the group out.
    Optional,
    /// Text in the present code page.
    Bytes(&'a [u8]),
    /// One byte of text, written as two digits.
    Byte(u8),
}

pub(super) struct Tokens<'a>(&'a [u8]);

impl<'a> Tokens<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    fn skip(&mut self, count: usize) -> &'a [u8] {
        let (first, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        first
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let count = self.0.iter().position(|&byte| !wanted(byte)).unwrap_or(self.0.len());
        self.skip(count)
    }

    /// After a backslash.
    fn control(&mut self) -> Option<Token<'a>> {
        let word = self.take_while(|byte| byte.is_ascii_alphabetic());
        if !word.is_empty() {
            return Some(self.word(std::str::from_utf8(word).unwrap_or("")));
        }
        Some(match self.skip(1).first()? {
            b'\'' => {
                let digits = std::str::from_utf8(self.skip(2)).ok();
                match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
                    Some(byte) => Token::Byte(byte),
                    None => Token::Bytes(b""),
                }
            }
            b'*' => Token::Optional,
            b'~' => Token::Word("~", None),
            b'_' => Token::Word("_", None),
            b'\n' | b'\r' => Token::Word("par", None),
            literal @ (b'\\' | b'{' | b'}') => Token::Byte(*literal),
            _ => Token::Bytes(b""),
        })
    }

    fn word(&mut self, word: &'a str) -> Token<'a> {
        let sign = usize::from(self.0.first() == Some(&b'-'));
        let digits = self.0[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = if digits == 0 { None } else { std::str::from_utf8(self.skip(sign + digits)).ok() };
        let number = number.and_then(|number| number.parse().ok());
        if self.0.first() == Some(&b' ') {
            self.skip(1);
        }
        if let ("bin", Some(count)) = (word, number) {
            self.skip(usize::try_from(count).unwrap_or(0));
        }
        Token::Word(word, number)
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        self.take_while(|byte| matches!(byte, b'\n' | b'\r' | 0));
        match *self.0.first()? {
            b'{' => {
                self.skip(1);
                Some(Token::Open)
            }
            b'}' => {
                self.skip(1);
                Some(Token::Close)
            }
            b'\\' => {
                self.skip(1);
                self.control()
            }
            _ => Some(Token::Bytes(self.take_while(|byte| !matches!(byte, b'{' | b'}' | b'\\' | b'\n' | b'\r' | 0)))),
        }
    }
}
