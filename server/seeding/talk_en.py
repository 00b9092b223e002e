# ruff: noqa: E501 (a line here is what somebody said)
"""What is said in English."""

from server.seeding.talk import Repertoire, Script

ENGLISH = Repertoire(
    products=(
        "moon jar", "pair of celadon cups", "ash-glazed bowl", "side-handle teapot", "market basket",
        "reed tray", "bamboo lantern", "reed blind", "linen throw", "indigo runner", "cushion",
    ),
    days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    praise=("Quick and kind.", "A real person who knew the thing.", "Solved in five minutes.", "Thank you, Willow & Reed."),
    blame=("It took too long.", "I had to explain it twice.", "Friendly, but my question is still open."),
    scripts=(
        Script("before_purchase", "answered", """
            > Hello, is the {product} heavy? I would like to send it to my mother.
            < Hello. It is lighter than it looks, and we pack it for travelling. May I ask where it goes?
            > To Galway, by {day} if possible.
            < By courier that works if you order before noon. I can add a card with your words.
            > Lovely, please do: "For your window. Love, Nora."
            < It is noted. Put a word in the note field and I will find it.
            """),
        Script("before_purchase", "answered", """
            > Can the {product} get wet?
            < A splash is fine, standing water is not. Dry it with a cloth and leave it in the air.
            > And sunlight?
            < It likes sunlight. The colour deepens a little in the first year.
            > Good, then it can stay by the window. Thanks!
            """),
        Script("before_purchase", "answered", """
            > I cannot decide between the {product} and the linen throw for a wedding present
            < A nice trouble to have. Do they cook, or do they read?
            > They mostly lie on the sofa
            < Then the throw, without a doubt.
            > You are right. Ordering it now
            < I will ask the packers for the good ribbon.
            """),
        Script("order_delivery", "resolved", """
            > Where is my parcel? Order {order}
            < Let me look. One moment please.
            < It left us on {day} and is at the depot near you. It should be with you tomorrow.
            > The page still says "packed"
            < You are right, the page is behind. I have corrected it. I am sorry for the worry.
            > No problem, thank you
            """),
        Script("order_delivery", "resolved", """
            > Hi, I gave the wrong house number for {order}. It should be 14, not 41
            < Good that you say so. It is not packed yet, so I can change it. Number 14, same street?
            > Yes, same street
            < Done. You will get a new confirmation in a minute.
            > Got it. That was quick
            """),
        Script("order_delivery", "resolved", """
            > I ordered a {product} and a tray, only the {product} came
            < The two travel separately because the tray comes from the weavers directly. It is due on {day}.
            > Ah. Could the e-mail say that?
            < It could, and it should. I pass it on. Is there anything else?
            > No, that is all
            """),
        Script("returns", "resolved", """
            > The {product} is lovely but too big for the shelf. How do I return it?
            < That is no trouble. Do you still have the box?
            > Yes
            < I have sent a label to your e-mail. Hand the box in at any post office within thirty days.
            > And the money?
            < It goes back the way it came, two days after the parcel is here.
            > Perfect, thanks
            """),
        Script("returns", "resolved", """
            > One of the cups arrived with a crack, order {order}
            < I am sorry. Could you tell me where the crack is?
            > From the lip down, about 3 cm. The other one is fine
            < Then please keep the good one. A new pair is on its way; you need not send anything back.
            > Really? That is generous
            < They belong in pairs. The new ones leave on {day}.
            """),
        Script("returns", "resolved", """
            > The rim of my basket has come loose after two years. Is it past saving?
            < Not at all. Send it to us and the weaver puts on a new rim. It costs nothing for the first five years.
            > How long does it take?
            < About three weeks. I have sent you the address and a label.
            > I did not expect that. Thank you
            """),
        Script("complaint", "resolved", """
            > I have been waiting for {order} for three weeks and nobody answers my e-mails
            < That should not have happened, and I am sorry. I am reading the whole history now.
            < The parcel was lost by the carrier, and we did not notice. I can send it again today, or return the money.
            > The money please
            < It is on its way, together with the postage. I have also written down why your e-mails were missed, for the person who can change it.
            > Fine. Thank you for being straight about it
            """),
        Script("complaint", "answered", """
            > Your courier left the {product} in the rain
            < I am sorry, that must have been a sight. Is it damaged?
            > The box is pulp but the {product} survived
            < I am glad. I have told the courier in writing, and your postage is refunded.
            > ok
            """),
        Script("other", "answered", """
            > Do you take apprentices? My daughter wants to learn weaving
            < We do, two each winter. She can write to the workshop; I send you the address.
            > She will be over the moon
            < Tell her to bring strong hands and warm socks.
            """),
        Script("other", "answered", """
            > Can one visit the kiln?
            < On the first Saturday of the month, when it is cold. Shall I put you on the list?
            > Two people please
            < Noted, ten o'clock by the bridge. Wear shoes that may get muddy.
            > Brilliant
            """),
    ),
)  # fmt: skip
