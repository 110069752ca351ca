"""Where tests let teams meet: in topics of one chat."""

from storage.tables import Team
from tests.conftest import THREE, TWO, Office

TWO_AT, THREE_AT = 2, 3  # the topics in which these teams meet


async def moved(office: Office, chat_id: int, topic: int) -> None:
    """The team of a chat meets in a topic of the second chat from now on."""
    async with office.database.begin() as session:
        team = await session.get_one(Team, office.teams[chat_id].id)
        team.chat_id, team.topic_id = office.teams[TWO].chat_id, topic
        session.add(team)


async def share(office: Office) -> None:
    """Teams two and three meet in topics of one chat."""
    for chat_id, topic in ((TWO, TWO_AT), (THREE, THREE_AT)):
        await moved(office, chat_id, topic)
