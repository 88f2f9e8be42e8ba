// Package seo makes a site findable from outside: sitemaps, robots.txt, the links
// and words in the head of a page, structured data in the words of schema.org,
// notices to search engines that take them (IndexNow), and an audit of a page for
// whoever writes it.
//
// It knows nothing of articles, stores or readers. Whoever calls it hands in what
// everybody may see and nothing else: what reaches a sitemap or a head is public.
package seo
