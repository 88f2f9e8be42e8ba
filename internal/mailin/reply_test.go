package mailin_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/mailin"
)

// replies are how programs write answers, in the languages they speak.
var replies = []struct{ name, sender, text, want string }{
	{"gmail, english", "", "It works now.\n\nOn Tue, Nov 3, 2026 at 4:05 PM Support <support@portal.example> wrote:\n\n> Did you restart it?\n", "It works now."},
	{"gmail, german", "", "Geht wieder.\n\nAm Di., 3. Nov. 2026 um 16:05 Uhr schrieb Support <support@portal.example>:\n\n> Haben Sie neu gestartet?\n", "Geht wieder."},
	{"gmail, french", "", "Ça marche.\n\nLe mar. 3 nov. 2026 à 16:05, Support <support@portal.example> a écrit :\n\n> Redémarré ?\n", "Ça marche."},
	{"gmail, spanish", "", "Ya funciona.\n\nEl mar, 3 nov 2026 a las 16:05, Support (<support@portal.example>) escribió:\n\n> ¿Reinició?\n", "Ya funciona."},
	{"gmail, japanese", "", "直りました。\n\n2026年11月3日(火) 16:05 Support <support@portal.example>:\n\n> 再起動しましたか。\n", "直りました。"},
	{"gmail, arabic", "", "يعمل الآن.\n\nفي الثلاثاء، ٣ نوفمبر ٢٠٢٦ في ٤:٠٥ م تمت كتابة ما يلي بواسطة \u202aSupport\u202c\u200f <\u202asupport@portal.example\u202c\u200f>:\n\n> هل أعدت التشغيل؟\n", "يعمل الآن."},
	{"gmail, folded", "", "Yes.\n\nOn Tue, Nov 3, 2026 at 4:05 PM Support of the Portal\n<support@portal.example> wrote:\n\n> Is it?\n", "Yes."},

	{"outlook, english", "", "It works.\n\nAnn\n\n________________________________\nFrom: Support <support@portal.example>\nSent: Tuesday, November 3, 2026 4:05 PM\nTo: Ann <ann@acme.example>\nSubject: Case 12\n\nDid you restart it?\n", "It works.\n\nAnn"},
	{"outlook, german", "", "Geht.\n\nVon: Support <support@portal.example>\nGesendet: Dienstag, 3. November 2026 16:05\nAn: Ann <ann@acme.example>\nBetreff: Fall 12\n\nNeu gestartet?\n", "Geht."},
	{"outlook, french", "", "Ça marche.\n\nDe : Support <support@portal.example>\nEnvoyé : mardi 3 novembre 2026 16:05\nÀ : Ann\nObjet : Dossier 12\n\nRedémarré ?\n", "Ça marche."},
	{"outlook, spanish", "", "Funciona.\n\nDe: Support <support@portal.example>\nEnviado el: martes, 3 de noviembre de 2026 16:05\nPara: Ann\nAsunto: Caso 12\n\n¿Reinició?\n", "Funciona."},
	{"outlook, japanese", "", "直りました。\n\n差出人: Support <support@portal.example>\n送信日時: 2026年11月3日 16:05\n宛先: Ann\n件名: ケース 12\n\n再起動は?\n", "直りました。"},
	{"outlook, arabic", "", "يعمل.\n\nمن: Support <support@portal.example>\nتاريخ الإرسال: 3 نوفمبر 2026 16:05\nإلى: Ann\nالموضوع: الحالة 12\n\nهل أعدت التشغيل؟\n", "يعمل."},
	{"outlook, original message", "", "Yes.\n\n-----Ursprüngliche Nachricht-----\nVon: Support\nNeu gestartet?\n", "Yes."},

	{"apple mail, english", "", "Fine.\n\n> On 3. Nov 2026, at 16:05, Support <support@portal.example> wrote:\n> \n> Did you?\n", "Fine."},
	{"apple mail, german", "", "Gut.\n\nVon meinem iPhone gesendet\n\n> Am 03.11.2026 um 16:05 schrieb Support <support@portal.example>:\n> \n> Neu gestartet?\n", "Gut."},
	{"apple mail, french", "", "Bien.\n\nEnvoyé de mon iPhone\n\n> Le 3 nov. 2026 à 16:05, Support <support@portal.example> a écrit :\n> \n> Redémarré ?\n", "Bien."},
	{"apple mail, spanish", "", "Bien.\n\nEnviado desde mi iPhone\n\n> El 3 nov 2026, a las 16:05, Support <support@portal.example> escribió:\n> \n> ¿Reinició?\n", "Bien."},
	{"apple mail, japanese", "", "はい。\n\niPhoneから送信\n\n> 2026/11/03 16:05、Support <support@portal.example>のメール:\n> \n> 再起動は?\n", "はい。"},
	{"apple mail, arabic", "", "نعم.\n\nأُرسلت من الـ iPhone\n\nفي ٠٣‏/١١‏/٢٠٢٦، الساعة ٤:٠٥ م، كتب Support <support@portal.example>:\n\n> هل أعدت التشغيل؟\n", "نعم."},

	{"thunderbird, english, below", "", "On 03.11.2026 16:05, Support wrote:\n> Did you restart it?\n\nYes, twice.\n", "Yes, twice."},
	{"thunderbird, german", "", "Ja.\n\nAm 03.11.26 um 16:05 schrieb Support:\n> Neu gestartet?\n", "Ja."},
	{"thunderbird, french", "", "Oui.\n\nLe 03/11/2026 à 16:05, Support a écrit :\n> Redémarré ?\n", "Oui."},
	{"thunderbird, spanish", "", "Sí.\n\nEl 3/11/26 a las 16:05, Support escribió:\n> ¿Reinició?\n", "Sí."},
	{"thunderbird, japanese", "", "はい。\n\nOn 2026/11/03 16:05, Support wrote:\n> 再起動は?\n", "はい。"},
	{"thunderbird, arabic", "", "نعم.\n\nفي 03/11/2026 16:05، كتب Support:\n> هل؟\n", "نعم."},

	{"between the lines", "", "Hi,\n\nOn 3 Nov 2026, Support wrote:\n> Which version?\n2.3\n> Which system?\nDebian\n> Thank you\n> Support\n", "Hi,\n\nOn 3 Nov 2026, Support wrote:\n> Which version?\n2.3\n> Which system?\nDebian"},
	{"the standard's signature", "", "See below.\n-- \nAnn Smith\nAcme\n+49 30 123456\n", "See below."},
	{"a name below", "Ann Smith", "It is broken again.\n\nThanks,\nAnn\n", "It is broken again."},
	{"a name and a card", "Ann Smith", "It is broken.\n\nAnn Smith\nHead of Things\nwww.acme.example\n", "It is broken."},
	{"nothing but a name", "Ann Smith", "Ann\n", "Ann"},
	{"nothing but a quote", "", "> Did you restart it?\n", "> Did you restart it?"},
	{"nothing but a program's line", "", "Sent from my iPhone\n", "Sent from my iPhone"},
	{"an address asked for", "", "Please write to me here:\n\nann@acme.example\n", "Please write to me here:\n\nann@acme.example"},
	{"a list with dashes", "", "Three things:\n\n- One\n- Two\n\n--- and more ---\nbye", "Three things:\n\n- One\n- Two\n\n--- and more ---\nbye"},
	{"about a mail", "", "The mail says\nFrom: you\nand nothing else.\n", "The mail says\nFrom: you\nand nothing else."},
	{"a time and a colon", "", "At 10:30 on 3 November 2026 it said this:\n\nerror 12\n", "At 10:30 on 3 November 2026 it said this:\n\nerror 12"},
	{"passed on, gmail", "", "Please help her.\n\n---------- Forwarded message ---------\nFrom: Eve <eve@acme.example>\nDate: Tue, Nov 3, 2026 at 4:05 PM\nSubject: Broken\nTo: Ann <ann@acme.example>\n\nIt is broken.\n",
		"Please help her.\n\n---------- Forwarded message ---------\nFrom: Eve <eve@acme.example>\nDate: Tue, Nov 3, 2026 at 4:05 PM\nSubject: Broken\nTo: Ann <ann@acme.example>\n\nIt is broken."},
	{"passed on, apple, german", "", "Bitte.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Eve <eve@acme.example>\nBetreff: Kaputt\nDatum: 3. November 2026\nAn: Ann\n\nEs ist kaputt.\n",
		"Bitte.\n\nAnfang der weitergeleiteten Nachricht:\n\nVon: Eve <eve@acme.example>\nBetreff: Kaputt\nDatum: 3. November 2026\nAn: Ann\n\nEs ist kaputt."},
}

func TestReply(t *testing.T) {
	for _, c := range replies {
		t.Run(c.name, func(t *testing.T) {
			list := mailin.Split(c.text, mailin.Hints{Sender: c.sender})
			require.Equal(t, c.want, mailin.Reply(list), "%q", list)
			require.Equal(t, c.text, joined(list), "nothing is lost")
		})
	}
}

func joined(list []mailin.Passage) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Text)
	}
	return b.String()
}

// TestForwardedAsOutlookDoes has nothing in the text that tells it from an answer.
func TestForwardedAsOutlookDoes(t *testing.T) {
	text := "Please help.\n\nFrom: Eve <eve@acme.example>\nSent: Tuesday\nTo: Ann\nSubject: Broken\n\nIt is broken.\n"
	require.Equal(t, "Please help.", mailin.Reply(mailin.Split(text, mailin.Hints{})))
	require.Equal(t, strings.TrimSpace(text), mailin.Reply(mailin.Split(text, mailin.Hints{Forwarded: true})))
	m, err := mailin.Read(strings.NewReader("Subject: WG: Broken\n\n"+text), nil)
	require.NoError(t, err)
	require.Contains(t, m.Reply(), "It is broken.")
}

// TestPages reads answers that are HTML and nothing else.
func TestPages(t *testing.T) {
	for name, c := range map[string]struct{ page, text, reply string }{
		"gmail": {
			`<div dir="ltr">It works.<div><br></div><div>Ann</div></div><div class="gmail_quote">On Tue, Nov 3, 2026 at 4:05 PM Support &lt;<a href="mailto:s@p.example">s@p.example</a>&gt; wrote:<br><blockquote>Did you?</blockquote></div>`,
			"It works.\n\nAnn\nOn Tue, Nov 3, 2026 at 4:05 PM Support <s@p.example> wrote:\n\n> Did you?", "It works.\n\nAnn",
		},
		"links and pictures":         {`<p>See <a href="https://x.example/a">this</a> and https://x.example/b</p><p><img src="cid:1" alt="a screen"></p>`, "See this <https://x.example/a> and https://x.example/b\n\n[a screen]", ""},
		"what is not to be seen":     {`<style>p{}</style><script>alert(1)</script><div style="display: none">no</div><p>yes</p><!-- no -->`, "yes", ""},
		"lists and tables":           {`<ul><li>one<li>two</ul><table><tr><td>a</td><td>b</td></tr></table>`, "- one\n- two\n\na b", ""},
		"deeper than anybody writes": {strings.Repeat("<blockquote>", 1000) + "hello", "hello", "hello"},
		"preformatted":               {"<pre>a\n  b\n</pre>c", "a\n  b\n\nc", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := mailin.Read(strings.NewReader("Content-Type: text/html; charset=utf-8\n\n"+c.page), nil)
			require.NoError(t, err)
			require.Equal(t, c.text, m.Text)
			require.Equal(t, c.page, m.HTML)
			if c.reply != "" {
				require.Equal(t, c.reply, m.Reply())
			}
		})
	}
}
