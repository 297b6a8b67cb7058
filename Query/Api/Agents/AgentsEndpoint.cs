using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Agents;

/// <summary><c>GET /api/v1/agents</c>: every agent that pushed samples of any kind, by name, then id. Thread safe.</summary>
internal sealed class AgentsEndpoint(QueryScheduler scans)
{
    private const int AgentMemberCount = 6;

    public async Task HandleAsync(HttpContext context)
    {
        if (new ApiParameters(context.Request).FindUnknown() is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync(AgentDirectory.Queries(context.User.Pcode()), context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        List<SeenAgent> agents = AgentDirectory.Merge(outcome.Results);
        await using ValueResponse response = await ValueResponse.StartAsync(context, ValueResponse.AcceptedFormat(context.Request));
        IValueWriter writer = response.Writer;
        writer.WriteStartMap(1);
        writer.WriteStartArray("agents"u8, agents.Count);
        foreach (SeenAgent agent in agents)
        {
            writer.WriteStartMap(AgentMemberCount);
            writer.WriteNumber("oid"u8, agent.Oid);
            writer.WriteText("oname"u8, agent.Oname);
            writer.WriteText("okind"u8, agent.Okind.ToString());
            writer.WriteText("onode"u8, agent.Onode.ToString());
            writer.WriteNumber("first_seen"u8, agent.FirstSeen);
            writer.WriteNumber("last_seen"u8, agent.LastSeen);
            writer.WriteEndMap();
            await response.FlushWhenFullAsync();
        }

        writer.WriteEndArray();
        writer.WriteEndMap();
    }
}
