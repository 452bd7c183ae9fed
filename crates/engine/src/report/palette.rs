//! Colours that colour-blind readers can tell apart, on paper and on a dark screen.
//!
//! Source: P. Tol, "Colour schemes" (SRON/EPS/TN/09-002), bright and then what of vibrant and muted stays distinct from it.

/// Classes that get a colour of their own; the rest is grey.
pub const COLOURS: [&str; 12] = [
    "#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#ee7733", "#44aa99", "#999933", "#882255",
    "#6699cc", "#997700",
];

/// Points of no class, or of one too many.
pub const GREY: &str = "#b3b8bf";

/// The colour of a class.
pub fn colour(class: u16) -> &'static str {
    COLOURS.get(usize::from(class)).copied().unwrap_or(GREY)
}
