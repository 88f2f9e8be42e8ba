package analytics_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/stoa-go/stoa/analytics"
)

// people are what browsers in use send, with odd makers among them.
var people = map[string]string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                                                                "desktop",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.51":                                              "desktop",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                                               "desktop",
	"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko":                                                                                                           "desktop",
	"Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)":                                                                                                               "desktop",
	"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)":                                                                                                                "desktop",
	"Mozilla/5.0 (compatible; Konqueror/4.5; Linux) KHTML/4.5.4 (like Gecko)":                                                                                                        "desktop",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15":                                                          "desktop",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                                           "desktop",
	"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                                                                         "desktop",
	"Mozilla/5.0 (X11; Ubuntu; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 OPR/115.0.0.0":                                                    "desktop",
	"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                                                                 "desktop",
	"Opera/9.80 (Windows NT 6.1; U; en) Presto/2.10.289 Version/12.01":                                                                                                               "desktop",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1":                                        "phone",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1":                                 "phone",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/21F79 [FBAN/FBIOS;FBAV/470.0.0.0;FBBV/1]":                                "phone",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.30.1":                                             "phone",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                                                                "phone",
	"Mozilla/5.0 (Linux; Android 14; Pixel 8 Pro) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36":                                                      "phone",
	"Mozilla/5.0 (Linux; Android 13; Google Pixel 6a; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/120.0.0.0 Mobile Safari/537.36":                                  "phone",
	"Mozilla/5.0 (Linux; Android 9; CUBOT_P20 Build/PPR1) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/96.0.4664.104 Mobile Safari/537.36":                                          "phone",
	"Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36":                             "phone",
	"Mozilla/5.0 (Linux; U; Android 12; zh-CN; M2102J2SC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/100.0.4896.58 UCBrowser/15.5 Mobile Safari/537.36":               "phone",
	"Mozilla/5.0 (Linux; Android 11; M2007J3SC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/97.0.4692.98 Mobile Safari/537.36 T7/13.53 baiduboxapp/13.53.0.11 (Baidu)": "phone",
	"Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0":                                                                                                           "phone",
	"Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5":                                                                                                 "phone",
	"Opera/9.80 (Android; Opera Mini/36.2.2254/119.132; U; id) Presto/2.12.423 Version/12.16":                                                                                        "phone",
	"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1":                                                 "tablet",
	"Mozilla/5.0 (Linux; Android 13; SM-X906C) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.36":                                                                "tablet",
	"Mozilla/5.0 (Android 13; Tablet; rv:133.0) Gecko/133.0 Firefox/133.0":                                                                                                           "tablet",
	"Mozilla/5.0 (Linux; Android 11; KFTRWI) AppleWebKit/537.36 (KHTML, like Gecko) Silk/120.2.1 like Chrome/120.0.0.0 Safari/537.36":                                                "tablet",
	"Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15":                                                            "",
	"": "",
}

func TestDeviceOfPeople(t *testing.T) {
	for ua, want := range people {
		require.Equal(t, want, analytics.DeviceOf(ua), ua)
	}
}

func TestDeviceOfPrograms(t *testing.T) {
	for _, ua := range []string{"curl/8.5.0", "Go-http-client/2.0", "python-requests/2.32", "x", "PostmanRuntime/7.42", " "} {
		require.Equal(t, analytics.DeviceBot, analytics.DeviceOf(ua), ua)
	}
}

// TestDeviceOfCrawlers prints how many crawlers of a public list are known, and
// how many browsers are taken for one.
func TestDeviceOfCrawlers(t *testing.T) {
	data := os.Getenv("STOA_TEST_DATA")
	if data == "" {
		t.Skip("STOA_TEST_DATA is not set")
	}
	text, err := os.ReadFile(filepath.Join(data, "web", "crawler-user-agents", "crawler-user-agents.json"))
	require.NoError(t, err)
	var crawlers []struct{ Instances []string }
	require.NoError(t, json.Unmarshal(text, &crawlers))
	found, all, wrong := 0, 0, 0
	for _, c := range crawlers {
		for _, ua := range c.Instances {
			if all++; analytics.DeviceOf(ua) == analytics.DeviceBot {
				found++
			}
		}
	}
	for ua := range people {
		if analytics.DeviceOf(ua) == analytics.DeviceBot {
			wrong++
		}
	}
	t.Logf("crawlers known: %d of %d (%.1f %%); browsers taken for one: %d of %d",
		found, all, 100*float64(found)/float64(all), wrong, len(people))
	require.Greater(t, all, 1_000)
	require.Greater(t, float64(found)/float64(all), 0.97)
	require.Zero(t, wrong)
}
