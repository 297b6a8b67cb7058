using System.Diagnostics.CodeAnalysis;
using TimeSeries.Agent.Samples;
using TimeSeries.Agent.Texts;

namespace TimeSeries.Agent.Delivery;

/// <summary>Derives the texts of collected samples, on the thread that sends.</summary>
internal static class SampleTexts
{
    /// <summary>Replaces what was found by what is stored.</summary>
    public static void Derive(ref QueuedSample sample, DerivedTexts texts)
    {
        if (sample.Pushed is { } pushed)
        {
            sample.Name = pushed is SqlSample statement ? texts.Of(statement.Sql, NameForm.Sql) : null;
            return;
        }

        switch (sample.Kind)
        {
            case SampleKind.Sql:
                // The address of a database is in the place of a method, which statements have none of.
                sample.Method = UrlText.Database(sample.System, sample.Host, sample.Port, sample.Database);
                break;
            case SampleKind.Httpc when sample.Name is { } url && sample.Form == NameForm.Url && (sample.Host is null || sample.Port == 0):
                (string? host, int port) = UrlText.AuthorityOf(url);
                sample.Host ??= host;
                sample.Port = sample.Port == 0 ? port : sample.Port;
                break;
        }

        if (sample.Exception is { } exception)
        {
            Describe(ref sample, exception);
            sample.Exception = null;
        }

        sample.Name = texts.Of(sample.Name, sample.Form);
        sample.Form = NameForm.Text;
        sample.Service = texts.Of(sample.Service, sample.ServiceForm);
        sample.ServiceForm = NameForm.Text;
    }

    private static void Describe(ref QueuedSample sample, Exception exception)
    {
        string name = exception.GetType().FullName ?? exception.GetType().Name;
        if (sample.Kind == SampleKind.Exception)
        {
            sample.Name = name;
            sample.Stack = TextOf(exception, static one => one.StackTrace);
        }
        else
        {
            sample.ErrorClass = name;
        }

        sample.ErrorMessage ??= TextOf(exception, static one => one.Message);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Properties of an exception are the application's own code; one that throws has no text.")]
    private static string? TextOf(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return read(exception);
        }
        catch (Exception)
        {
            return null;
        }
    }
}
