// Package browser lets tests look at pages in a real Chromium.
//
//	p := browser.Open(t, &browser.Options{Width: 320, Dark: true})
//	p.Go(server.URL + "/articles/reset")
//	require.Equal(t, "Reset your password", p.Text("h1"))
//	require.Empty(t, p.Axe())
//	require.Empty(t, p.ThirdParty())
//
// A page is a tab with cookies and storage of its own. The tabs of a test
// binary share one browser, which ends with the last of them; Main keeps it for
// all the tests of a package, and the tabs that tests are through with, wiped,
// for those that come after. It reaches this machine only: every other host is
// unknown to it, but what was asked for is on record all the same.
//
// Every method fails the test on an error, and gives up after half a minute.
// Where there is no Chromium the test is skipped with the reason, or fails if
// the environment variable STOA_TEST_REQUIRE has "chromium" in its list.
package browser
