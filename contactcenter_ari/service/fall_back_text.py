"""The texts of the fall-back where `site.yaml` has no prompt of that name: by name and
language.
"""

from contactcenter_ari.fallback.plan import (
    CONFIRM_NUMBER,
    MESSAGE_KEPT,
    NUMBER_IS,
    NUMBER_KEPT,
    OFFER_MESSAGE,
    OFFER_NUMBER,
    SPEAK,
    TYPE_NUMBER,
)

TEXTS: dict[str, dict[str, str]] = {
    OFFER_NUMBER: {
        "en": "To be called back, press one.",
        "nl": "Wilt u teruggebeld worden, toets een.",
        "ru": "Чтобы мы вам перезвонили, нажмите один.",
        "lt": "Jei norite, kad perskambintume, spauskite vieną.",
        "ro": "Pentru a fi sunat înapoi, apăsați unu.",
    },
    OFFER_MESSAGE: {
        "en": "To leave a message, press two.",
        "nl": "Wilt u een bericht inspreken, toets twee.",
        "ru": "Чтобы оставить сообщение, нажмите два.",
        "lt": "Jei norite palikti žinutę, spauskite du.",
        "ro": "Pentru a lăsa un mesaj, apăsați doi.",
    },
    TYPE_NUMBER: {
        "en": "Type the number we can call, then press the hash key.",
        "nl": "Toets het nummer waarop wij u kunnen bellen, en daarna een hekje.",
        "ru": "Наберите номер, по которому вам позвонить, затем нажмите решётку.",
        "lt": "Surinkite numerį, kuriuo galime skambinti, tada spauskite grotelių klavišą.",
        "ro": "Tastați numărul la care vă putem suna, apoi apăsați diez.",
    },
    NUMBER_IS: {
        "en": "We will call this number:",
        "nl": "Wij bellen dit nummer:",
        "ru": "Мы позвоним по этому номеру:",
        "lt": "Skambinsime šiuo numeriu:",
        "ro": "Vom suna la acest număr:",
    },
    CONFIRM_NUMBER: {
        "en": "If that is right, press one. For another number, press two.",
        "nl": "Klopt dat, toets een. Voor een ander nummer, toets twee.",
        "ru": "Если всё верно, нажмите один. Для другого номера нажмите два.",
        "lt": "Jei teisingai, spauskite vieną. Jei reikia kito numerio, spauskite du.",
        "ro": "Dacă este corect, apăsați unu. Pentru alt număr, apăsați doi.",
    },
    NUMBER_KEPT: {
        "en": "Thank you. We will call you back.",
        "nl": "Dank u wel. Wij bellen u terug.",
        "ru": "Спасибо. Мы вам перезвоним.",
        "lt": "Ačiū. Jums perskambinsime.",
        "ro": "Vă mulțumim. Vă vom suna înapoi.",
    },
    SPEAK: {
        "en": "Please speak after the tone. Press the hash key when you are done.",
        "nl": "Spreek uw bericht in na de toon. Toets een hekje als u klaar bent.",
        "ru": "Говорите после сигнала. Закончив, нажмите решётку.",
        "lt": "Kalbėkite po signalo. Baigę spauskite grotelių klavišą.",
        "ro": "Vorbiți după semnal. Apăsați diez când ați terminat.",
    },
    MESSAGE_KEPT: {
        "en": "Thank you. We will listen to your message.",
        "nl": "Dank u wel. Wij beluisteren uw bericht.",
        "ru": "Спасибо. Мы прослушаем ваше сообщение.",
        "lt": "Ačiū. Išklausysime jūsų žinutę.",
        "ro": "Vă mulțumim. Vom asculta mesajul dumneavoastră.",
    },
}
