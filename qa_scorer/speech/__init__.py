"""From a decoded recording to a transcript: recognition, separation of speakers, guard, roles and facts."""

from qa_scorer.speech.transcription import SpeechModels, load, needed_models, transcribe

__all__ = ["SpeechModels", "load", "needed_models", "transcribe"]
