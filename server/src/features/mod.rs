//! The faces: what people and programs see. No feature uses another; what two need stands further left.

pub mod answering;
pub mod account;
pub mod assessments;
pub mod audit;
pub mod crosswalks;
pub mod engagements;
pub mod findings;
pub mod health;
pub mod installation;
pub mod invitations;
pub mod people;
pub mod policy;
pub mod portal;
pub mod portfolio;
pub mod providers;
pub mod register;
pub mod scoring;
pub mod search;
pub mod sign_in;
pub mod templates;
pub mod vendors;
pub mod waiting;
