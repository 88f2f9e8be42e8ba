// Package assetstest checks implementations of the ports of package assets. A CRM
// adapter runs the suites of those that it implements:
//
//	func TestStore(t *testing.T) {
//		assetstest.TestStore(t, func(t *testing.T) assets.Store { return mycrm.New(newFake(t)) })
//	}
//
// One that only reads runs [TestReaders] with a fake that holds what [Filled] returns.
package assetstest

import (
	"testing"
	"time"

	"github.com/stoa-go/stoa/i18n"
	"github.com/stoa-go/stoa/internal/suitetest"
	"github.com/stoa-go/stoa/profile/assets"
)

// TestStore runs the contract of [assets.Store] as subtests. open must return an
// empty store each time it is called.
func TestStore(t *testing.T, open func(t *testing.T) assets.Store) {
	suitetest.Run(t, contract(), open)
}

// TestReaders runs the contract of the reading ports as subtests. open must
// return ports over what [Filled] returns; those that are missing are left out.
func TestReaders(t *testing.T, open func(t *testing.T) assets.Ports) {
	suitetest.Run(t, readers(), open)
}

func contract() []suitetest.Promise[assets.Store] {
	return []suitetest.Promise[assets.Store]{
		{"RoundTrip", "what was saved comes back as it was, with times in UTC", checkRoundTrip},
		{"Versions", "Save keeps the rules of versions, and of concurrent ones exactly one wins", checkVersions},
		{"Serial", "a serial number is there once, until its product is removed", checkSerial},
		{"Remove", "RemoveAsset removes one version of one product", checkRemove},
		{"Scopes", "lists hold what both scopes admit, and nothing else", checkScopes},
		{"About", "a list about a person holds what they have or registered, and nothing else", checkAbout},
		{"Tries", "a person tries as often as they may in a period, and then again in the next", checkTries},
		{"TriesRace", "of those who try at once no more than may do", checkTriesRace},
		{"Pages", "pages hold everything once, the newest first and ties by ID in byte order", checkPages},
		{"Token", "a position that was not given out is ErrInvalid", checkToken},
		{"NoAliasing", "changing what was given to or got from a store changes nothing inside it", checkAliasing},
		{"Spend", "Spend adds up to what is granted and not beyond, and says why not", checkSpend},
		{"SpendOnce", "a spending that is there counts once", checkSpendOnce},
		{"SpendRace", "of those who spend the last at once exactly one does", checkSpendRace},
		{"Regrant", "SaveEntitlement changes what is granted, and nothing that is used", checkRegrant},
		{"Forget", "Forget removes what is only a person's, renames the rest, and touches nobody else", checkForget},
		{"Pseudonym", "Forget with a pseudonym keeps orders under it", checkPseudonym},
		{"OddText", "text survives as it is and is only text; a NUL or what is not UTF-8 is ErrInvalid", checkText},
		{"Cancelled", "a cancelled context stops a call, which returns its error", checkCancelled},
	}
}

var t0 = time.Date(2026, 3, 1, 9, 30, 0, 123456000, time.UTC)

func newAsset(id string, change ...func(*assets.Asset)) assets.Asset {
	a := assets.Asset{
		ID: id, Holder: assets.Holder{Person: "ann", Account: "acme"}, Serial: "S-" + id, Product: "hub", Name: "It's \"here\" <b> $1 ?", Site: "Łódź",
		InstalledAt: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), RegisteredBy: "ann", RegisteredAt: t0, Confirmed: true,
		Warranties: []assets.Warranty{{Kind: "maker", From: t0, To: t0.AddDate(2, 0, 0)}}, UpdatedAt: t0, Version: 1, Origin: "hash",
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func newPurchase(id string, change ...func(*assets.Purchase)) assets.Purchase {
	p := assets.Purchase{
		ID: id, Holder: assets.Holder{Person: "ann", Account: "acme"}, Number: "SO-" + id, At: t0, Status: assets.StatusDelivered,
		Total:     i18n.Money{Amount: -12345, Currency: "EUR"},
		Lines:     []assets.Line{{Product: "hub", Title: "Hub 2", Quantity: 2, Price: i18n.Money{Amount: 57800, Currency: "EUR"}}, {Title: "Way", Quantity: 1, Price: i18n.Money{Currency: "EUR"}}},
		UpdatedAt: t0, Version: 1, Origin: "hash",
	}
	for _, c := range change {
		c(&p)
	}
	return p
}

func newEntitlement(id string, change ...func(*assets.Entitlement)) assets.Entitlement {
	e := assets.Entitlement{
		ID: id, Holder: assets.Holder{Person: "ann", Account: "acme"}, Asset: "a1", Products: []string{"hub", "t1"}, Title: "Priority", Level: "priority", Rank: 2,
		Channels: []string{"web", "phone"}, Quotas: []assets.Quota{{Unit: assets.UnitMinute, Granted: 120, Used: 30}, {Unit: assets.UnitCase, Granted: 5}},
		From: t0, To: t0.AddDate(1, 0, 0), UpdatedAt: t0, Version: 1, Origin: "hash",
	}
	for _, c := range change {
		c(&e)
	}
	return e
}
