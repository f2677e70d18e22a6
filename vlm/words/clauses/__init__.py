"""What a caption can say, as frozen values: a module for each matter.

Knows no word of any language; a language says each by the method of its name.
May import vlm.words.parts and vlm.claims.
"""
