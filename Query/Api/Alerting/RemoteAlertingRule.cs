using Microsoft.Extensions.Options;
using TimeSeries.Alerting;

namespace TimeSeries.Query.Api.Alerting;

/// <summary>A host that takes no samples evaluates rules only with a folder for them, and an Ingest that takes the alerts.</summary>
internal sealed class RemoteAlertingRule : IValidateOptions<AlertingOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertingOptions options)
    {
        ValidateOptionsResultBuilder result = new();
        if (options.Enabled == AlertingMode.True)
        {
            AddWhenEmpty(options.Directory, "Alerting:Directory: is required, since this process has no storage directory.");
            AddWhenEmpty(options.IngestUrl, "Alerting:IngestUrl: is required, since this process takes no samples.");
            AddWhenEmpty(options.Token, "Alerting:Token: is required with Alerting:IngestUrl.");
        }

        return result.Build();

        void AddWhenEmpty(string value, string error)
        {
            if (value.Length == 0)
            {
                result.AddError(error);
            }
        }
    }
}
