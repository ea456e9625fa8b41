//! Candor: an exchange for AI vendor-risk questionnaires.
//!
//! Modules use only what stands before them here (`docs/architecture.md`): settings and errors, all SQL, the outside
//! world, the use cases, web tools, the features' faces, their composition, and the command line.

pub mod config;
pub mod error;
pub mod repo;
pub mod platform;
pub mod actions;
pub mod web;
pub mod state;
pub mod features;
pub mod compose;
pub mod cli;

/// Imports and searches live on many small allocations beside few large ones, where the system's own allocator spends more
/// time than the work takes.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
