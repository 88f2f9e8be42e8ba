package mailprofile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/profile"
	"github.com/stoa-go/stoa/profile/mailprofile"
)

// returned is a delivery status message as Postfix writes one.
const returned = `From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: bounces@portal.example
Subject: Undelivered Mail Returned to Sender
Message-Id: <20261122.A1@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
	boundary="AAA/mx.example"

--AAA/mx.example
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--AAA/mx.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Sun, 22 Nov 2026 05:00:00 +0000 (UTC)

Final-Recipient: rfc822; Ann@acme.example
Original-Recipient: rfc822;ann@acme.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <ann@acme.example>: no such user

Final-Recipient: rfc822; bob@acme.example
Action: failed
Status: 5.2.2 (mailbox full)

Final-Recipient: rfc822; cat@acme.example
Action: delayed
Status: 4.4.1

Final-Recipient: rfc822; dan@acme.example
Action: failed
Status: 5.7.1

--AAA/mx.example
Content-Description: Undelivered Message
Content-Type: message/rfc822

Message-ID: <KEY1@portal.example>
Subject: Updated

secret words

--AAA/mx.example--
`

const complained = `From: feedback@provider.example
Content-Type: multipart/report; report-type=feedback-report; boundary=B
MIME-Version: 1.0

--B
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: SomeGenerator/1.0
Version: 1
Original-Rcpt-To: <ann@acme.example>

--B
Content-Type: message/rfc822-headers

Message-ID: <KEY2@portal.example>

--B--
`

func TestParseReport(t *testing.T) {
	for _, end := range []string{"\n", "\r\n"} {
		got, err := mailprofile.ParseReport(strings.NewReader(strings.ReplaceAll(returned, "\n", end)))
		require.NoError(t, err)
		require.Equal(t, []profile.BounceReport{
			{Address: "ann@acme.example", Kind: profile.BounceHard, Status: "5.1.1", Key: "KEY1@portal.example"},
			{Address: "bob@acme.example", Kind: profile.BounceSoft, Status: "5.2.2", Key: "KEY1@portal.example"},
			{Address: "dan@acme.example", Kind: profile.BounceSoft, Status: "5.7.1", Key: "KEY1@portal.example"},
		}, got)
	}
	got, err := mailprofile.ParseReport(strings.NewReader(complained))
	require.NoError(t, err)
	require.Equal(t, []profile.BounceReport{{Address: "ann@acme.example", Kind: profile.BounceComplaint, Key: "KEY2@portal.example"}}, got)

	for _, other := range []string{
		"", "hello", "Subject: x\n\nbody", strings.Replace(returned, "multipart/report", "multipart/mixed", 1),
		strings.Replace(returned, "message/delivery-status", "text/plain", 1), strings.Replace(returned, `boundary="AAA/mx.example"`, "", 1),
	} {
		_, err := mailprofile.ParseReport(strings.NewReader(other))
		require.ErrorIs(t, err, profile.ErrInvalid, "%.40q", other)
	}
	many := strings.Replace(returned, "Final-Recipient: rfc822; cat", strings.Repeat("Final-Recipient: rfc822; x@y.example\nAction: failed\nStatus: 5.1.1\n\n", 5000)+"Final-Recipient: rfc822; cat", 1)
	got, err = mailprofile.ParseReport(strings.NewReader(many))
	require.NoError(t, err)
	require.LessOrEqual(t, len(got), 101, "a report is of few")
}

func FuzzParseReport(f *testing.F) {
	f.Add(returned)
	f.Add(complained)
	f.Fuzz(func(t *testing.T, mail string) {
		got, err := mailprofile.ParseReport(strings.NewReader(mail))
		if err != nil {
			require.ErrorIs(t, err, profile.ErrInvalid)
			require.Empty(t, got)
		}
		for _, r := range got {
			require.NotEqual(t, profile.BounceNone, r.Kind)
			require.LessOrEqual(t, len(r.Key), 256)
		}
	})
}
