// Package websource is a search source of the pages of a site elsewhere: the
// documentation of a product, a status page, a shop.
//
// A [Source] reads the sitemaps of a site, or follows its links where there are
// none, and hands pages, PDFs and documents to a [search.Engine]. Hits lead to
// the site.
//
// # A polite guest
//
// It says who it is and how its owner is reached, does what robots.txt asks
// (RFC 9309, Crawl-delay too), has one request at a time to a host and pauses
// between them, asks only for what has changed, and goes away for as long as a
// server that is busy wants it to. Pages that are not to be indexed are not, nor
// are links followed that are not to be, and a page is found by the address it
// would rather be known by.
//
// # A careful one
//
// Requests go through [Options.Client], which by default reaches the public
// internet and nothing else. Redirects are followed within the hosts of the site
// only. Pages, bytes, depth and time are bounded.
//
// # What goes away
//
// A page is taken out of the search when its server says that it is gone (404,
// 410), has moved, is not to be indexed, or is not to be asked for. A server that
// does not answer, or answers with an error, takes nothing away; nor does a
// sitemap that leaves pages out, or a crawl that ended early: what a whole crawl
// has not met is asked for once more.
//
// # State
//
// What was read is kept by a [gathered.Store]: a crawl that was cut off goes on
// where it was, and a search is told only what is another than before.
package websource
