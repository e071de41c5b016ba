"""Which language, from the text first."""

from __future__ import annotations

import pytest

from ereputation.sentiment import Engine, detect_language


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("fr", "Le vol est annulé et personne ne répond"),
        ("fr", "toujours pas de réponse du service client"),
        ("fr", "Grève chez Air France"),
        ("en", "The flight was cancelled and nobody answers"),
        ("en", "I love this"),
        ("en", "Have a great day with all of my friends"),
        ("es", "El vuelo fue cancelado y nadie responde a los clientes por la noche"),
        ("it", "Il volo è stato cancellato e nessuno risponde alle domande dei clienti"),
        ("de", "Der Flug wurde gestrichen und niemand antwortet auf die Fragen"),
        ("nl", "De vlucht is geannuleerd en niemand geeft antwoord op het bericht"),
        ("pt", "O voo foi cancelado e ninguém responde às perguntas dos clientes, muito obrigado"),
        ("ru", "Рейс отменён, и никто не отвечает"),
        ("uk", "Рейс скасовано, і ніхто не відповідає"),
        ("ar", "تم إلغاء الرحلة ولا أحد يجيب"),
        ("he", "הטיסה בוטלה ואף אחד לא עונה"),
        ("ja", "フライトがキャンセルされました"),
        ("zh", "航班取消了没有人回答"),
        ("ko", "항공편이 취소되었습니다"),
        ("el", "Η πτήση ακυρώθηκε"),
        ("", ""),
        ("", "12345 😡"),
    ],
)
def test_the_language_of_a_text(lang, text):
    assert detect_language(text) == lang


@pytest.mark.parametrize(
    ("text", "hint", "lang"),
    [
        ("Boeing 737", "fr", "fr"),
        ("Boeing 737", "en-GB", "en"),
        ("The cat is on the table", "fr", "en"),
        ("", "de", "de"),
    ],
)
def test_a_hint_only_breaks_ties(text, hint, lang):
    assert detect_language(text, hint) == lang


def test_lexicons_are_french_and_english():
    assert [lang for lang in ("fr", "en", "es", "") if Engine.supports(lang)] == ["fr", "en"]
