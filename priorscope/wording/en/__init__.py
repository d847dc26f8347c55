"""English: texts and sentences by key; `priorscope.wording` chooses the language."""
