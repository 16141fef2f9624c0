// Written by `cargo xtask pack` from src/models/data.

/** Encodings, and the models of the catalogue that count in them, with spaces around each. */
export const MODELS_BY_ENCODING: readonly (readonly [encoding: string, models: string])[] = [
  ["cl100k_base", " deepseek-r1-distill-llama-70b llama-3.3-70b llama-3.2 llama-3.2-vision llama-3.1 llama-3 gpt-4-turbo gpt-4-vision-preview gpt-4 gpt-4-32k gpt-3.5-turbo gpt-3.5-turbo-16k gpt-3.5-turbo-0613 gpt-3.5-turbo-0301 gpt-3.5-turbo-instruct davinci-002 babbage-002 generic "],
  ["claude-gen1", " claude-opus-4-6 claude-sonnet-4-6 claude-opus-4-5 claude-sonnet-4-5 claude-haiku-4-5 claude-opus-4-1 claude-opus-4 claude-sonnet-4 claude-3-7-sonnet claude-3-5-haiku claude-3-5-sonnet claude-3-5-sonnet-20240620 claude-3-opus claude-3-sonnet claude-3-haiku claude-2.1 claude-2.0 claude-instant-1.2 "],
  ["claude-gen2", " claude-fable-5-1 claude-mythos-5-1 claude-opus-5-5 claude-sonnet-5-5 claude-haiku-5-5 claude-fable-5 claude-opus-5 claude-sonnet-5 claude-opus-4-8 claude-opus-4-7 "],
  ["deepseek-r1", " deepseek-r1 "],
  ["deepseek-v3", " deepseek-v3.2 deepseek-v3.1 deepseek-v3 "],
  ["deepseek-v4", " deepseek-v4-flash deepseek-v4-pro deepseek-chat deepseek-reasoner "],
  ["gemma3", " gemini-3-flash-preview gemini-3-pro-preview gemini-3-pro-image gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-2.5-flash-image gemini-2.5-flash-preview-tts gemini-2.5-pro-preview-tts gemini-2.5-computer-use-preview gemini-2.0-flash gemini-2.0-flash-lite gemini-1.5-flash gemini-1.5-pro gemini-1.0-pro gemma-3-27b-it gemma-3-1b-it gemma-2-27b-it "],
  ["gemma4", " gemini-4-argon gemini-3.8-flash gemini-3.8-flash-cyber gemini-3.7-flash gemini-3.6-flash gemini-3.5-flash gemini-3.5-flash-lite gemini-omni-1.1-flash gemini-3.1-pro-preview gemini-3.1-flash-lite gemini-3.1-flash-lite-image gemini-3.1-flash-image gemma-4-31b-it "],
  ["glm-4.5", " glm-4.6 glm-4.6v glm-4.5 "],
  ["glm-4.7", " glm-5.3 glm-5.2 glm-5.1 glm-4.7 "],
  ["mistral-sp-v1", " mistral-tiny zephyr-7b-beta "],
  ["mistral-sp-v3", " mistral-large-2411 mistral-large-2407 mistral-small-2409 mistral-7b-instruct "],
  ["mistral-tekken", " mistral-large-4 mistral-large-3 mistral-large-latest mistral-medium-3-5 mistral-medium-latest mistral-small-latest mistral-small-4 mistral-small-3.2 mistral-small mistral-small3.1 magistral-medium-latest magistral-small-latest magistral-small-2509 ministral-8b-2512 ministral-14b-2512 ministral-3b-latest ministral-3b-2410 ministral-3b-2512 codestral-latest devstral-latest devstral-small pixtral-large pixtral-12b voxtral-small mistral-nemo nemotron-nano-12b-v2 "],
  ["o200k_base", " nova-2-lite nova-2-pro nova-premier nova-pro nova-lite nova-micro titan-text-express command-a-plus-05-2026 command-a-03-2025 command-a-vision-07-2025 command-a-reasoning-08-2025 command-r7b-12-2024 command-r-08-2024 command-r-plus command-r command llama-4-maverick llama-4-scout minimax-m3 minimax-m2 kimi-k3.1-pro kimi-k3 kimi-k2.6 kimi-k2.5 kimi-k2 gpt-6-astra gpt-6-sol gpt-6-luna gpt-6.1-sol gpt-6.1-terra gpt-5.6-sol gpt-5.6-terra gpt-5.6-luna gpt-5.6-cyber gpt-5.5 gpt-5.5-pro gpt-5.4 gpt-5.4-pro gpt-5.4-mini gpt-5.4-nano gpt-5.3-codex gpt-5.3-chat-latest gpt-5.2 gpt-5.2-chat-latest gpt-5.2-codex gpt-5.2-pro gpt-5.1 gpt-5.1-chat-latest gpt-5.1-codex gpt-5.1-codex-mini gpt-5 gpt-5-chat-latest gpt-5-codex gpt-5-mini gpt-5-nano gpt-5-pro gpt-4.5-preview gpt-4.1 gpt-4.1-mini gpt-4.1-nano gpt-4o-2024-05-13 gpt-4o chatgpt-4o-latest gpt-4o-mini gpt-4o-audio-preview gpt-4o-mini-audio-preview gpt-audio gpt-audio-mini gpt-4o-search-preview gpt-4o-mini-search-preview o1 o1-pro o1-preview o1-mini o3 o3-pro o3-deep-research o3-mini o4-mini o4-mini-deep-research codex-mini-latest computer-use-preview gpt-oss-120b gpt-oss-20b palmyra-x4 granite3.2-vision granite-3.2 sonar sonar-pro sonar-reasoning-pro sonar-deep-research grok-4.7 grok-4.6 grok-4.5 grok-4.3 grok-4.20 grok-build-0.1 grok-4-1-fast-non-reasoning grok-4-fast-non-reasoning grok-4 grok-code-fast-1 grok-3 grok-3-mini grok-2 grok-2-vision "],
  ["p50k_base", " text-davinci-003 code-davinci-002 "],
  ["phi-4", " phi-4 "],
  ["qwen2.5", " qwen2.5 qwen2.5-vl qwq-32b "],
  ["qwen3", " qwen3-max qwen3-coder-plus qwen3-coder qwen3 qwen3-vl "],
  ["qwen3.5", " qwen3.8-max qwen3.8-flash qwen3.7-max qwen3.8-27b qwen3.6 "],
  ["r50k_base", " text-davinci-001 opt-125m "],
];
