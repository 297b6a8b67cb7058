using System.Text.Json;
using Microsoft.Extensions.Options;
using TimeSeries.Alerting;
using TimeSeries.Alerting.Evaluation;
using TimeSeries.Alerting.Rules;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Hosting.Authentication;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Alerting;

/// <summary><c>/api/v1/rules</c>: alert rules of the caller's project, with how they fare. Thread safe.</summary>
internal sealed class RulesEndpoint(AlertingAccess access, IOptions<QueryOptions> options, TimeProvider clock)
{
    private const string Name = "name";

    public Task ListAsync(HttpContext context) => access.RunAsync(context, rules => JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("rules");
        foreach (RuleView view in rules.List(context.User.Pcode()))
        {
            RuleJson.Write(json, view);
        }

        json.WriteEndArray();
        json.WriteStartArray("builtin");
        foreach (string name in AlertRules.Builtin)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }));

    public Task FindAsync(HttpContext context) => access.RunAsync(context, rules => WriteAsync(context, rules, NameOf(context), StatusCodes.Status200OK));

    public Task PutAsync(HttpContext context) => access.RunAsync(context, async rules =>
    {
        JsonElement body = await JsonBody.ReadAsync(context.Request);
        await RespondAsync(context, rules, await rules.PutAsync(context.User.Pcode(), NameOf(context), body, context.RequestAborted));
    });

    public Task PutBuiltinAsync(HttpContext context) => access.RunAsync(context, async rules =>
    {
        JsonElement body = await JsonBody.ReadAsync(context.Request);
        await RespondAsync(context, rules, await rules.PutBuiltinAsync(context.User.Pcode(), NameOf(context), body, context.RequestAborted));
    });

    public Task RemoveAsync(HttpContext context) => access.RunAsync(context, async rules =>
    {
        RuleChange change = await rules.RemoveAsync(context.User.Pcode(), NameOf(context), context.RequestAborted);
        if (change.Outcome == RuleChangeOutcome.Done)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }
        else
        {
            await RefuseAsync(context, change);
        }
    });

    /// <summary>The transitions that would have been.</summary>
    public Task TestAsync(HttpContext context) => access.RunAsync(context, async rules =>
    {
        JsonElement body = await JsonBody.ReadAsync(context.Request);
        if (ReadTest(body, out JsonElement rule, out TimeRange range) is { } wrong)
        {
            throw new DefinitionException(wrong);
        }

        BackTestResult result = await rules.BackTestAsync(context.User.Pcode(), rule, range, options.Value.Timeout, context.RequestAborted);
        if (result.Fault != BackTestFault.None)
        {
            int status = result.Fault switch
            {
                BackTestFault.TimedOut => StatusCodes.Status504GatewayTimeout,
                BackTestFault.OverLimit => StatusCodes.Status422UnprocessableEntity,
                _ => StatusCodes.Status503ServiceUnavailable,
            };
            await context.WriteErrorAsync(status, result.Detail!);
            return;
        }

        await JsonBody.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (AlertTransition transition in result.Transitions)
            {
                RuleJson.WriteTransition(json, transition);
            }

            json.WriteEndArray();
        });
    });

    private string? ReadTest(JsonElement body, out JsonElement rule, out TimeRange range)
    {
        rule = default;
        range = default;
        if (body.ValueKind != JsonValueKind.Object)
        {
            return "The body must be an object with rule, from and to.";
        }

        string? from = null;
        string? to = null;
        foreach (JsonProperty field in body.EnumerateObject())
        {
            switch (field.Name)
            {
                case "rule":
                    rule = field.Value;
                    break;
                case "from":
                    from = field.Value.ToString();
                    break;
                case "to":
                    to = field.Value.ToString();
                    break;
                default:
                    return $"There is no field \"{field.Name}\"; there are rule, from, to.";
            }
        }

        return rule.ValueKind != JsonValueKind.Object ? "rule is needed, as an object." : TimeRangeParameter.TryRead(from, to, Timestamp.Now(clock), out range);
    }

    private static string NameOf(HttpContext context) => (string)context.Request.RouteValues[Name]!;

    private static Task RespondAsync(HttpContext context, AlertRules rules, RuleChange change) =>
        change.Outcome is RuleChangeOutcome.Done or RuleChangeOutcome.Made
            ? WriteAsync(
                context, rules, change.Rule!.Rule.Name,
                change.Outcome == RuleChangeOutcome.Made ? StatusCodes.Status201Created : StatusCodes.Status200OK)
            : RefuseAsync(context, change);

    private static Task RefuseAsync(HttpContext context, RuleChange change)
    {
        int status = change.Outcome switch
        {
            RuleChangeOutcome.NotFound => StatusCodes.Status404NotFound,
            RuleChangeOutcome.TooMany => StatusCodes.Status400BadRequest,
            RuleChangeOutcome.ReadOnly => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        return context.WriteErrorAsync(status, change.Detail ?? $"There is no rule \"{NameOf(context)}\".");
    }

    private static Task WriteAsync(HttpContext context, AlertRules rules, string name, int status) =>
        rules.Find(context.User.Pcode(), name) is { } view
            ? JsonBody.WriteAsync(context, status, json => RuleJson.Write(json, view))
            : context.WriteErrorAsync(StatusCodes.Status404NotFound, $"There is no rule \"{name}\".");
}
