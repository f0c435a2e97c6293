"""Form ``furniture``: what a page says of itself.

Between :mod:`misplaced.training.corruption.material` and
:mod:`misplaced.training.corruption.insertion`. Sites word theirs in thousands of ways; these lines
cover what such lines are for, so that a corpus without furniture of its own still teaches the
class. Some are put together from a small grammar with invented names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from misplaced.training.corruption import invention
from misplaced.training.corruption.material import Insertion, Line, Material

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

FURNITURE = (
    "Advertisement",
    "Advertisement - story continues below",
    "Article continues after this advertisement",
    "Sponsored content",
    "Scroll down to keep reading",
    "Share this article",
    "Share on Facebook",
    "Tweet this",
    "Email this story to a friend",
    "Print",
    "Copy link",
    "Save for later",
    "Follow us on Instagram and YouTube.",
    "Like our page on Facebook to get more stories like this one.",
    "Sign up for our free weekly newsletter.",
    "Get the best of the week in your inbox every Friday morning.",
    "Enter your email address to subscribe.",
    "Thank you for signing up! Please check your inbox to confirm.",
    "By signing up you agree to our terms of use and privacy policy.",
    "Subscribe today for unlimited access to all our reporting.",
    "Already a subscriber? Log in here.",
    "This article is for subscribers only.",
    "You have two free articles left this month.",
    "Support independent local journalism with a monthly gift.",
    "Become a member and help us keep our reporting free for everyone.",
    "Download our app for breaking news alerts.",
    "Turn on notifications so that you never miss a story.",
    "Comments",
    "Leave a comment",
    "Show 14 comments",
    "Comments on this story are closed.",
    "Please keep the discussion civil; see our community rules.",
    "Report a typo",
    "Have a tip for our newsroom? Write to us.",
    "Listen to this article (6 min)",
    "Play video",
    "Video player is loading.",
    "This video cannot be played in your browser.",
    "Please enable JavaScript to view this content.",
    "We use cookies to improve your experience on this site.",
    "Accept all cookies",
    "Manage your privacy choices",
    "All rights reserved. This material may not be published or redistributed.",
    "Reprints and permissions",
    "Most read",
    "Most popular this week",
    "Trending now",
    "Latest headlines",
    "Recommended for you",
    "More from our newsroom",
    "You may also like",
    "More on this topic",
    "Back to top",
    "Next page",
    "Page 2 of 4",
    "View gallery",
    "Click to enlarge",
    "Skip to main content",
    "Home | News | Weather | Sport",
    "Loading...",
    "This story will be updated.",
    "Choose your region to see local offers.",
    "Buy tickets here",
    "Shop the collection",
    "We may earn a commission when you buy through links on our site.",
    "Take our two-minute reader survey.",
    "Login",
    "Register",
    "Read our full coverage",
    "Watch live",
)

_ADS = (
    *("Advertisement", "ADVERTISEMENT", "Ad", "AD", "Advertisement:", "advertisement", "Advertising"),
    *("Sponsored",),
)
_PATTERNS = (
    *("{ask} for {paper}'s {often} newsletter.", "{ask} for our {often} newsletter", "{ask} to {paper}."),
    *("Get {paper} in your inbox {every}.", "Get {thing} in your inbox {every}"),
    *("Want {thing}? {ask} here.", "Follow {paper} on {net}.", "Follow us on {net} and {net2}"),
    *("Like {paper} on {net}", "Join us on {net}", "Share on {net}", "{net} {net2} Email Print"),
    *("Share: {net} | {net2}", "Share this on {net}", "{net}", "© {year} {paper}"),
    *("Copyright © {year} {paper}. All rights reserved.", "(c) {year} {paper}", "© {paper}"),
    *("Download the {paper} app", "Get the {paper} app for {thing}.", "Click here to get the {paper} app"),
    *("Support {paper} for as little as {price} a month.", "Subscribe to {paper} for {price} a month."),
    *("Read or share this story: {url}", "Short link: {url}", "Permalink: {url}", "Share this link: {url}"),
    *("Have a tip? Write to tips@{site}.example", "Send letters to letters@{site}.example"),
    *("Email: info@{site}.example", "{count} comments", "{count} Comments | Add yours", "{count} shares"),
    *("{count} views", "View {count} comments", "Slideshow ({count} images)", "{count} photos"),
    *("Page {small} of {count}", "Next »", "« Previous | Next »", "Did you find this helpful? Yes No"),
    *("Do you agree with this? Vote now", "Take our poll: Yes / No / Not sure", "Story continues below"),
    *("Continue reading below", "Article continues below", "Continue reading the main story"),
    *("Already registered? Log in", "Create a free account to keep reading."),
    *("You have {small} free articles left.", "Join {count},000 readers of {paper}."),
    *("Thank you for reading {paper}.", "Become a member of {paper} today."),
    *("Embed this code on your website", "Copy the link to this post", "Print this page"),
    *("Text size A A A", "This site is protected by a spam filter; terms apply."),
    *("By subscribing you accept our terms of service.", "***", "* * *", "___", "-----", "•••", "~"),
    *("######", "......", "_____", "Tags: {topic}, {topic2}", "Filed under: {topic}"),
    *("Topics: {topic} | {topic2}", "{topic} / {topic2}"),
    *("Listen to our podcast {paper} wherever you get podcasts.", "Watch {paper} live every {day}."),
    *("Tune in {day}.", "Shop now", "Buy now", "Donate", "Donate today", "Sign in", "Subscribe"),
    *("Subscribe now", "Menu", "Search", "Share your thoughts"),
    *("What do you think? Join the conversation below.", "Tell us in the comments."),
)
_FILLINGS = {
    "ask": ("Sign up", "Subscribe", "Register", "Click here to sign up", "Join", "Sign up now", "SIGN UP"),
    "often": ("daily", "weekly", "free", "morning", "breaking news", "evening", "weekend", "free daily"),
    "every": ("every morning", "daily", "every week", "every Sunday", "twice a week", "each weekday"),
    "thing": (
        "breaking news",
        "the top stories",
        "our best stories",
        "news and analysis",
        "more stories like this",
    ),
    "net": ("Facebook", "Twitter", "Instagram", "YouTube", "LinkedIn", "WhatsApp", "Pinterest", "Reddit"),
    "net2": ("Facebook", "Twitter", "Instagram", "Telegram", "Email", "TikTok", "Tumblr", "Flipboard"),
    "price": ("$1", "$2", "£3", "$5", "€4", "99 cents", "$10", "$7.99"),
}


def furniture(material: Material, rng: random.Random) -> Insertion | None:
    """A line of page furniture, now and then two: a donor's own where it has some, else one of ours."""
    donor = material.draw()
    own = [] if donor is None else _own(donor.paragraphs, donor.labels)
    if own and rng.random() < 0.5:
        return Insertion((Line(rng.choice(own), "boilerplate"),))
    count = 2 if rng.random() < 0.15 else 1
    return Insertion(tuple(Line(furniture_line(rng), "boilerplate") for _ in range(count)))


def furniture_line(rng: random.Random) -> str:
    """Return a line of page furniture."""
    shape = rng.random()
    if shape < 0.15:
        return rng.choice(_ADS)
    line = rng.choice(FURNITURE) if shape < 0.45 else _composed(rng)
    return line.upper() if ".example" not in line and rng.random() < 0.1 else line


def _composed(rng: random.Random) -> str:
    words = {key: rng.choice(choices) for key, choices in _FILLINGS.items()}
    paper = invention.publication(rng)
    return rng.choice(_PATTERNS).format(
        paper=paper,
        site="".join(paper.lower().split()),
        url=invention.address(rng),
        year=rng.randint(2005, 2024),
        small=rng.randint(1, 5),
        count=rng.randint(6, 240),
        topic=invention.section(rng),
        topic2=invention.section(rng),
        day=rng.choice(invention.WEEKDAYS),
        **words,
    )


def _own(paragraphs: Sequence[str], labels: Sequence[str]) -> list[str]:
    return [p for p, label in zip(paragraphs, labels, strict=True) if label == "boilerplate"]
