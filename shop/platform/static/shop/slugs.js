// Django's URLify drops letters that it can't spell. A name with such a letter gets no slug here: the form makes one.
"use strict";
{
  const urlify = window.URLify;
  const isLost = (letter) => /[\p{L}\p{N}]/u.test(letter) && !urlify(`a${letter}`, 9, false).slice(1);
  window.URLify = (text, length, allowUnicode) =>
    [...text.normalize("NFC")].some(isLost) ? "" : urlify(text.normalize("NFC"), length, allowUnicode);
}
