package analytics

import "strings"

// The kinds of device that [DeviceOf] knows. Empty is unknown.
const (
	DeviceDesktop = "desktop"
	DevicePhone   = "phone"
	DeviceTablet  = "tablet"
	DeviceBot     = "bot"
)

// DeviceOf returns the kind of device that a User-Agent header names. It is
// coarse on purpose: what is finer helps to recognise people. Programs that are
// not browsers are bots, whether they crawl or call an API.
func DeviceOf(userAgent string) string {
	if userAgent == "" {
		return ""
	}
	if len(userAgent) > 512 {
		userAgent = userAgent[:512]
	}
	ua := strings.ToLower(userAgent)
	switch {
	case isBot(ua):
		return DeviceBot
	case strings.Contains(ua, "opera mini"):
		return DevicePhone
	case containsAny(ua, "ipad", "tablet", "kindle", "silk/", "playbook") || strings.Contains(ua, "android") && !strings.Contains(ua, "mobi"):
		return DeviceTablet
	case containsAny(ua, "mobi", "iphone", "ipod", "android", "windows phone"):
		return DevicePhone
	case containsAny(ua, "windows", "macintosh", "x11", "linux", "cros "):
		return DeviceDesktop
	}
	return ""
}

// isBot reports whether a lower-case User-Agent is not a browser's. Browsers
// all say that they are Mozilla; those that lie in that name themselves
// elsewhere, most with an address to complain to.
func isBot(ua string) bool {
	if !strings.HasPrefix(ua, "mozilla/") && !strings.HasPrefix(ua, "opera/") {
		return true
	}
	if strings.Contains(ua, "(compatible;") && !containsAny(ua, "msie", "konqueror", "trident/") {
		return true
	}
	// Makers of phones, and browsers inside the apps of networks.
	for _, name := range []string{"cubot", "linkedinapp", "google pixel"} {
		ua = strings.ReplaceAll(ua, name, "")
	}
	return containsAny(ua,
		"bot", "crawl", "spider", "slurp", "http:", "https:", "www.", "@", "headless", "phantomjs", "preview",
		"scan", "monitor", "fetch", "check", "valid", "verify", "lighthouse", "archiv", "search", "agent", "inspect",
		"google-", "googleother", "google web", "google favicon", "google page", "facebookexternal", "feed", "rss/",
		"proxy", "probe", "uptime", "seo/", "scrap", "python", "curl", "java/", "libwww", "wget", "httpclient",
		"okhttp", "go-http", "node-fetch", "axios", "screenshot", "snapshot", "thumb", "download", "index", "sitemap",
		"gpt", "claude", "anthropic", "perplexity", "cohere", "mediapartners", "favicon", "analyz", "research",
		"synthetic", "playwright", "selenium", "puppeteer", "ptst/", "metrix", "capture", "readable", "watch",
	)
}

func containsAny(s string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(s, p) {
			return true
		}
	}
	return false
}
