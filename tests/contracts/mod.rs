//! What parts owe each other: engines their callers, content the code, pages their words.

mod at_once;
mod content;
mod index_order;
mod indexes;
mod jobs;
mod meilisearch;
pub(crate) mod openapi;
mod pragmas;
mod roles_doc;
mod scored_by_hand;
mod scoring_cases;
mod search;
mod search_folder;
mod three_vendors;
mod views;
mod wording;
