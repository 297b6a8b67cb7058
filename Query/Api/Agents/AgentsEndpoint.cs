using System.Text;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;
using TimeSeries.Query.Responses;
using TimeSeries.Query.Scheduling;

namespace TimeSeries.Query.Api.Agents;

/// <summary><c>GET /api/v1/agents</c>: the agents that pushed samples of any kind, by name, then id, a page at a time. Thread safe.</summary>
internal sealed class AgentsEndpoint(QueryScheduler scans)
{
    private const int AgentMemberCount = 6;
    private const int DefaultLimit = 1_000;
    private const int MostAgents = 10_000;

    public async Task HandleAsync(HttpContext context)
    {
        ApiParameters parameters = new(context.Request);
        if (TryRead(parameters, out AgentCursor? after, out int limit) is { } wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong);
            return;
        }

        using QueryOutcome outcome = await scans.RunAsync(AgentDirectory.Queries(context.User.Pcode()), context.RequestAborted);
        if (!await outcome.SucceedsAsync(context))
        {
            return;
        }

        List<SeenAgent> agents = AgentDirectory.Page(outcome.Results, after, limit, out bool hasMore);
        await WriteAsync(context, agents, hasMore ? new AgentCursor(agents[^1].Oid, Encoding.UTF8.GetBytes(agents[^1].Oname)).ToString() : null);
    }

    private static string? TryRead(ApiParameters parameters, out AgentCursor? after, out int limit)
    {
        (after, limit) = (null, 0);
        if ((parameters.FindUnknown("limit", "cursor") ?? parameters.TryReadLimit(DefaultLimit, MostAgents, out limit)) is { } wrong)
        {
            return wrong;
        }

        return parameters.Find("cursor") is { } text && (after = AgentCursor.Find(text)) is null
            ? "cursor must be what a response of this path gave as next."
            : null;
    }

    private static async Task WriteAsync(HttpContext context, List<SeenAgent> agents, string? next)
    {
        if (next is not null)
        {
            context.Response.Headers["x-next"] = next;
        }

        await using ValueResponse response = await ValueResponse.StartAsync(context, ValueResponse.AcceptedFormat(context.Request));
        IValueWriter writer = response.Writer;
        writer.WriteStartMap(next is null ? 1 : 2);
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
        if (next is not null)
        {
            writer.WriteText("next"u8, next);
        }

        writer.WriteEndMap();
    }
}
