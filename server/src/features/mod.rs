//! The faces: what people and programs see. No feature uses another; what two need stands further left.

pub mod health;
pub mod sign_in;
