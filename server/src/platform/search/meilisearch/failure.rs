//! What the server's refusals mean to whoever runs the installation.

use super::super::SearchError;
use meilisearch_sdk::errors::{Error, ErrorCode, ErrorType, MeilisearchError};

/// Turns a failure of the client into ours: what passes by itself or by an operator's hand is [`SearchError::Down`].
pub(super) fn failure(at: &str, error: Error) -> SearchError {
    match error {
        Error::Meilisearch(error) => refused(at, &error),
        Error::MeilisearchCommunication(answer) => {
            SearchError::Down(format!("Meilisearch at {at} answers with status {}", answer.status_code))
        }
        Error::ParseError(error) => SearchError::Down(format!(
            "what answers at {at} does not speak as Meilisearch 1.18 or later does ({error})"
        )),
        Error::Timeout => SearchError::Down(format!("Meilisearch at {at} did not finish in time")),
        Error::HttpError(error) => {
            let why = std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            SearchError::Down(format!("Meilisearch at {at} does not answer: {why}"))
        }
        other => SearchError::Engine(other.to_string()),
    }
}

/// What the operating system says where there is no room, within a message of the server.
const NO_ROOM: [&str; 3] = ["No space left on device", "no space left on device", "Disk quota exceeded"];

fn full(at: &str, said: &str) -> SearchError {
    SearchError::Down(format!("the disk of Meilisearch at {at} is full: make room, the changes wait ({said})"))
}

/// A refusal, of a request or of a task.
pub(super) fn refused(at: &str, error: &MeilisearchError) -> SearchError {
    let said = &error.error_message;
    match (&error.error_code, &error.error_type) {
        (ErrorCode::InvalidApiKey | ErrorCode::MissingAuthorizationHeader, _) | (_, ErrorType::Auth) => {
            SearchError::Down(format!(
                "Meilisearch at {at} refuses the key: set search.key to one that allows search, and all of indexes, \
                 documents, settings, tasks and stats, on our indexes ({said})"
            ))
        }
        (ErrorCode::NoSpaceLeftOnDevice | ErrorCode::DatabaseSizeLimitReached, _) => full(at, said),
        // Where the disk fills up while a message or a task is written, the server calls it an internal failure.
        _ if NO_ROOM.iter().any(|sign| said.contains(sign)) => full(at, said),
        // What we send is JSON: a server that cannot read it back could not put it down.
        (ErrorCode::MalformedPayload, _) => SearchError::Down(format!(
            "the disk of Meilisearch at {at} seems to be full: it could not put down what it was sent ({said})"
        )),
        (ErrorCode::IndexNotFound, _) => SearchError::Down(format!("Meilisearch at {at} lost the index ({said})")),
        (_, ErrorType::InvalidRequest) => SearchError::Engine(format!("Meilisearch at {at}: {said}")),
        _ => SearchError::Down(format!("Meilisearch at {at} fails: {said}")),
    }
}
