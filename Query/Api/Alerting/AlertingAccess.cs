using TimeSeries.Alerting;
using TimeSeries.Alerting.Rules;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Lets requests about rules in where rules are evaluated, and says what is wrong with what they define. Thread safe.</summary>
internal sealed class AlertingAccess(AlertingStatus status, AlertingOptions options, IServiceProvider host)
{
    /// <summary>Runs a request.</summary>
    public async Task RunAsync(HttpContext context, Func<AlertRules, Task> respond)
    {
        if (!status.IsEnabled)
        {
            await context.WriteErrorAsync(StatusCodes.Status404NotFound, "Alert rules are not evaluated here (Alerting:Enabled).");
            return;
        }

        try
        {
            await respond(host.GetRequiredService<AlertRules>());
        }
        catch (DefinitionException wrong)
        {
            await context.WriteErrorAsync(StatusCodes.Status400BadRequest, wrong.Message);
        }
    }

    /// <summary>Runs a request for something else that rules need.</summary>
    public Task RunAsync<T>(HttpContext context, Func<T, Task> respond)
        where T : notnull => RunAsync(context, _ => respond(host.GetRequiredService<T>()));

    /// <summary>Runs a request that changes a file.</summary>
    public Task ChangeAsync<T>(HttpContext context, Func<T, Task> respond)
        where T : notnull => RunAsync<T>(context, async part =>
    {
        if (options.ReadOnly)
        {
            await context.WriteErrorAsync(StatusCodes.Status409Conflict, "Rules, silences and receivers are deployed as files here (Alerting:ReadOnly).");
            return;
        }

        try
        {
            await respond(part);
        }
        catch (Exception fault) when (fault is IOException and not BadHttpRequestException or UnauthorizedAccessException)
        {
            await context.WriteErrorAsync(StatusCodes.Status503ServiceUnavailable, "The file can't be written now; nothing was changed.");
        }
    });
}
