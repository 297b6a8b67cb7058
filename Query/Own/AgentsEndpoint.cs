using System.Text.Json;
using TimeSeries.Hosting.Web;
using TimeSeries.Query.Families;
using TimeSeries.Query.Scanning;

namespace TimeSeries.Query.Own;

/// <summary><c>GET /api/v1/agents</c>: every agent that pushed samples of any kind, by name, then id. Thread safe.</summary>
internal sealed class AgentsEndpoint(OwnRequests requests, ScanGate scans)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (await requests.AdmitAsync(context) is not { } project)
        {
            return;
        }

        using ScanOutcome outcome = await scans.RunAsync(AgentDirectory.Questions(project.Pcode), context.RequestAborted);
        if (outcome.Failure != ScanFailure.None)
        {
            await Problem.WriteAsync(context, outcome.Status, outcome.Message);
            return;
        }

        List<KnownAgent> agents = AgentDirectory.Merge(outcome.Results);
        await using JsonAnswer answer = await JsonAnswer.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteStartArray("agents"u8);
        foreach (KnownAgent agent in agents)
        {
            json.WriteStartObject();
            json.WriteNumber("oid"u8, agent.Oid);
            json.WriteString("oname"u8, agent.Oname);
            json.WriteString("okind"u8, agent.Okind.ToString());
            json.WriteString("onode"u8, agent.Onode.ToString());
            json.WriteNumber("first_seen"u8, agent.FirstSeen);
            json.WriteNumber("last_seen"u8, agent.LastSeen);
            json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
