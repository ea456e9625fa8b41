//! Words by which a thing's name or description says that it has to do with AI.

use crate::register::fold::words;

/// One of these words is enough.
const WORDS: [&str; 24] = [
    "ai",
    "llm",
    "llms",
    "genai",
    "gpt",
    "chatgpt",
    "openai",
    "anthropic",
    "claude",
    "gemini",
    "mistral",
    "bedrock",
    "huggingface",
    "copilot",
    "chatbot",
    "embedding",
    "embeddings",
    "inference",
    "ml",
    "transcription",
    "langchain",
    "llamaindex",
    "vllm",
    "ollama",
];
/// Or one of these, word after word.
const PHRASES: [&[&str]; 11] = [
    &["machine", "learning"],
    &["deep", "learning"],
    &["language", "model"],
    &["language", "models"],
    &["artificial", "intelligence"],
    &["neural", "network"],
    &["speech", "recognition"],
    &["image", "recognition"],
    &["computer", "vision"],
    &["hugging", "face"],
    &["chat", "completion"],
];
const AGENT: [&str; 3] = ["agent", "agents", "agentic"];

/// The words of a text, folded.
pub(super) fn of(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.text).collect()
}

/// Whether they speak of AI.
pub(super) fn artificial(words: &[String]) -> bool {
    words.iter().any(|word| WORDS.contains(&word.as_str()))
        || PHRASES.iter().any(|phrase| words.windows(phrase.len()).any(|said| said.iter().eq(phrase.iter())))
}

/// Whether they speak of an agent.
pub(super) fn agent(words: &[String]) -> bool {
    words.iter().any(|word| AGENT.contains(&word.as_str()))
}
