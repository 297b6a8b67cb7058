using TimeSeries.Alerting;
using TimeSeries.Alerting.Rules;
using TimeSeries.Query.Families;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>Lets requests about rules in where rules are evaluated, and says what is wrong with what they define. Thread safe.</summary>
internal sealed class AlertingAccess(AlertingStatus status, IServiceProvider host)
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
}
