package mailprofile

import (
	"fmt"
	"io"
	"strings"

	"github.com/stoa-go/stoa/internal/mailin"
	"github.com/stoa-go/stoa/profile"
)

// maxReport is how large a mail may be that is read for a report, in bytes.
const maxReport = 1 << 20

// ParseReport reads what a mail server sends back: a delivery status message
// (RFC 3464), or the report of a complaint (RFC 5965). It returns what became of
// each recipient whose mail did not arrive; delays and successes are no bounces.
// A mail that is neither is profile.ErrInvalid.
//
// Anybody can send such a mail. Hand to [profile.Bounces] only what came to an
// address that nobody can guess, or from a server that checks.
func ParseReport(r io.Reader) ([]profile.BounceReport, error) {
	m, err := mailin.Read(io.LimitReader(r, maxReport), nil)
	if err != nil || m.Report == nil {
		return nil, fmt.Errorf("mail report: no delivery status and no complaint: %w", profile.ErrInvalid)
	}
	return Reported(m), nil
}

// Reported returns what the report in a mail says; without one that is nothing.
func Reported(m *mailin.Message) (found []profile.BounceReport) {
	if m.Report == nil {
		return nil
	}
	key := m.Report.Original
	if key == "" {
		key = m.ID
	}
	key = clipKey(key)
	for _, s := range m.Report.Statuses {
		if s.Failed() {
			found = append(found, profile.BounceReport{Address: s.Address, Kind: kindOf(s.Code), Status: digits(s.Code), Key: key})
		}
	}
	for _, address := range m.Report.Complaint {
		found = append(found, profile.BounceReport{Address: address, Kind: profile.BounceComplaint, Key: key})
	}
	return found
}

// kindOf says what a status means for the address: only what says that there is
// no such mailbox is for good. A full one may be emptied, and a refusal for what
// was written says nothing of the address.
func kindOf(status string) profile.Bounce {
	if strings.HasPrefix(status, "5.1.") || status == "5.2.1" || status == "5.0.0" {
		return profile.BounceHard
	}
	return profile.BounceSoft
}

func clipKey(key string) string {
	if len(key) > 200 {
		key = key[:200]
	}
	return profile.OneLine(key)
}
