package mailin_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/internal/mailin"
)

func TestKind(t *testing.T) {
	opts := &mailin.Options{
		Ours: func(email string) bool { return email == "support@portal.example" },
		Sent: func(id string) bool { return strings.HasSuffix(id, "@portal.example") },
	}
	const ann, shop = "From: Ann <ann@acme.example>\n", "From: Shop <no-reply@shop.example>\n"
	for _, c := range []struct {
		name, raw string
		want      mailin.Kind
	}{
		{"a person's", ann + "Subject: Help\nAuto-Submitted: no\n\nIt burns.", mailin.KindPerson},
		{"an answer", ann + "Subject: Re: Verify your account\nIn-Reply-To: <s1@portal.example>\n\nI cannot.", mailin.KindPerson},
		{"who asks about a code", ann + "Subject: verification code\n\nI do not get the code that you send. Please help.", mailin.KindPerson},
		{"who asks about a password", ann + "Subject: Can't reset\n\nWhen I click on reset your password nothing happens.", mailin.KindPerson},
		{"reply@ is somebody", "From: reply@acme.example\n\nHello", mailin.KindPerson},

		{"RFC 3834", ann + "Auto-Submitted: auto-replied (vacation)\n\nAway.", mailin.KindAutoReply},
		{"vacation", ann + "Precedence: auto_reply\n\nAway.", mailin.KindAutoReply},
		{"X-Autoreply", ann + "X-Autoreply: yes\n\nAway.", mailin.KindAutoReply},
		{"outlook", ann + "Subject: Automatic reply: Case 12\nX-Auto-Response-Suppress: All\n\nAway.", mailin.KindAutoReply},
		{"german", ann + "Subject: Abwesenheitsnotiz: Fall\n\nWeg.", mailin.KindAutoReply},
		{"french", ann + "Subject: =?utf-8?q?R=C3=A9ponse_automatique?=\n\n.", mailin.KindAutoReply},
		{"japanese", ann + "Subject: =?utf-8?b?6Ieq5YuV6L+U5L+h?=\n\n.", mailin.KindAutoReply},
		{"read", ann + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--", mailin.KindAutoReply},

		{"a program's", ann + "Auto-Submitted: auto-generated\n\nDone.", mailin.KindMachine},
		{"exchange", ann + "X-Auto-Response-Suppress: OOF\n\nDone.", mailin.KindMachine},
		{"nobody's", shop + "Subject: Your order\n\nSent.", mailin.KindMachine},
		{"nobody's, german", "From: nicht-antworten@shop.example\n\n.", mailin.KindMachine},
		{"no return", ann + "Return-Path: <>\n\n.", mailin.KindMachine},

		{"a list's", ann + "List-Id: <talk.example>\n\n.", mailin.KindList},
		{"very many", ann + "Precedence: bulk\n\n.", mailin.KindList},

		{"came back", "From: a@x.example\nMessage-ID: <s1@portal.example>\n\n.", mailin.KindLoop},
		{"from ourselves", "From: Support@Portal.example\n\n.", mailin.KindLoop},
		{"round and round", ann + strings.Repeat("Received: from a by b\n", 51) + "\n.", mailin.KindLoop},

		{"returned", "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n\nNo.", mailin.KindBounce},
		{"returned by gmail", ann + "X-Failed-Recipients: bob@acme.example\n\nNo.", mailin.KindBounce},

		{"a code", "From: feedback@chat.example\nSubject: Chat confirmation code: ABC-123\n\nUse it.", mailin.KindVerification},
		{"a code in the text", shop + "Subject: Welcome\n\nYour verification code is 482913.", mailin.KindVerification},
		{"a link", shop + "Subject: Please verify your email address\n\nhttps://shop.example/verify?token=0123456789abcdef0123456789", mailin.KindVerification},
		{"a link, german", shop + "Subject: =?utf-8?q?Best=C3=A4tigen_Sie_Ihre_E-Mail-Adresse?=\n\nhttps://shop.example/v/0123456789abcdef0123456789", mailin.KindVerification},
		{"a password", shop + "Subject: Reset your password\n\nhttps://shop.example/reset/0123456789abcdef0123456789", mailin.KindVerification},
		{"a code, japanese", shop + "Subject: =?utf-8?b?6KqN6Ki844Kz44O844OJ?=\n\n123456", mailin.KindVerification},
	} {
		m := parse(t, c.raw, opts)
		require.Equal(t, c.want, m.Kind, "%s: %s", c.name, m.Why)
		require.Equal(t, c.want == mailin.KindPerson, m.Why == "", c.name)
	}
}

func TestReport(t *testing.T) {
	m := parse(t, `From: MAILER-DAEMON@mx.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; other@acme.example
Original-Recipient: rfc822;ann@acme.example
Action: failed
Status: 5.1.1 (no such user)

Final-Recipient: rfc822; bob@acme.example
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; cat@acme.example
Action: failed
Status: 4.4.7
--b
Content-Type: message/rfc822

Message-ID: <s1@portal.example>
Subject: Case 12

secret words
--b--
`, nil)
	require.Equal(t, mailin.KindBounce, m.Kind)
	require.Equal(t, &mailin.Report{Original: "s1@portal.example", Statuses: []mailin.Status{
		{"ann@acme.example", "failed", "5.1.1"}, {"bob@acme.example", "delayed", "4.4.1"}, {"cat@acme.example", "failed", "4.4.7"},
	}}, m.Report)
	require.True(t, m.Report.Statuses[0].Permanent())
	require.False(t, m.Report.Statuses[1].Permanent())
	require.True(t, m.Report.Statuses[2].Failed())
	require.False(t, m.Report.Statuses[2].Permanent())
	require.Equal(t, "I'm sorry.", m.Text)
	require.Len(t, m.Attachments, 1)

	m = parse(t, "From: fbl@isp.example\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n"+
		"Feedback-Type: abuse\nOriginal-Rcpt-To: <ann@acme.example>\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <s2@portal.example>\n--b--", nil)
	require.Equal(t, mailin.KindComplaint, m.Kind)
	require.Equal(t, &mailin.Report{Original: "s2@portal.example", Complaint: []string{"ann@acme.example"}}, m.Report)
}

func TestAuthentication(t *testing.T) {
	verdict := func(header string) mailin.Verdict {
		m := parse(t, header+"From: ann@mail.acme.example\n\n.", &mailin.Options{Servers: []string{"mx.portal.example"}})
		return m.Authentication.Verdict(m.From)
	}
	const by = "Authentication-Results: mx.portal.example; "
	for header, want := range map[string]mailin.Verdict{
		"": mailin.VerdictNone,
		"Authentication-Results: mx.evil.example; dmarc=pass header.from=acme.example\n":                mailin.VerdictNone,
		"Authentication-Results: mx.portal.example.evil.example; dmarc=pass header.from=acme.example\n": mailin.VerdictNone,
		by + "dmarc=pass (p=reject) header.from=acme.example; spf=fail\n":                               mailin.VerdictPass,
		by + "dmarc=fail header.from=mail.acme.example; dkim=pass header.d=acme.example\n":              mailin.VerdictFail,
		by + "dmarc=none; dkim=pass header.d=acme.example\n":                                            mailin.VerdictPass,
		by + "dkim=pass header.i=@acme.example header.s=s1\n":                                           mailin.VerdictPass,
		by + "dkim=pass header.d=evil.example\n":                                                        mailin.VerdictFail,
		by + "dkim=pass header.d=e.example\n":                                                           mailin.VerdictFail,
		by + "dkim=pass header.d=example\n":                                                             mailin.VerdictFail,
		by + "dkim=pass header.d=il.acme.example\n":                                                     mailin.VerdictFail,
		by + "spf=pass smtp.mailfrom=bounce@mail.acme.example\n":                                        mailin.VerdictPass,
		by + "spf=softfail smtp.mailfrom=mail.acme.example\n":                                           mailin.VerdictFail,
		by + "none\n": mailin.VerdictFail,
		by + "spf=fail (; dmarc=pass header.from=acme.example)\n":                                                                    mailin.VerdictFail,
		by + "spf=fail smtp.mailfrom=\"x; dmarc=pass header.from=acme.example\"\n":                                                   mailin.VerdictFail,
		by + "dmarc=fail header.from=acme.example\nAuthentication-Results: mx.portal.example; dmarc=pass header.from=acme.example\n": mailin.VerdictFail,
	} {
		require.Equal(t, want, verdict(header), header)
	}
}
