using System.CommandLine;
using TimeSeries.Benchmarks.Http;

namespace TimeSeries.Benchmarks;

/// <summary>Options of every command that pushes samples.</summary>
internal static class TargetOptions
{
    public static Option<string> Url { get; } = MakeUrl();

    public static Option<string> Token { get; } = MakeToken();

    public static Option<string> Form { get; } = MakeForm();

    /// <summary>The address that the options name, once they are validated.</summary>
    public static ServerAddress Address(ParseResult result) => ServerAddress.Parse(result.GetRequiredValue(Url), out _)!;

    private static Option<string> MakeUrl()
    {
        Option<string> option = CommandOption.Of("--url", "The server's address.", "http://127.0.0.1:5080");
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && ServerAddress.Parse(result.Tokens[0].Value, out string reason) is null)
            {
                result.AddError("--url: " + reason);
            }
        });
        return option;
    }

    private static Option<string> MakeToken()
    {
        Option<string> option = new("--token") { Description = "A token with scope ingest.", Required = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is var token && (token.Length == 0 || token.Any(c => c is <= ' ' or > '~')))
            {
                result.AddError("--token must be printable ASCII without blanks.");
            }
        });
        return option;
    }

    private static Option<string> MakeForm()
    {
        Option<string> option = CommandOption.Of("--format", "The form of the samples in a body.", "rows");
        option.AcceptOnlyFromAmong("rows", "table", "columns");
        return option;
    }
}

/// <summary>Makes and limits options of the command line.</summary>
internal static class CommandOption
{
    /// <summary>An option without a value of its own: null or false when it is not given.</summary>
    public static Option<T> Of<T>(string name, string description) => new(name) { Description = description };

    /// <summary>An option that has a value when it is not given.</summary>
    public static Option<T> Of<T>(string name, string description, T value) => new(name) { Description = description, DefaultValueFactory = _ => value };

    /// <summary>The program of the Server that a measurement starts by itself; by default the one that was built beside.</summary>
    public static Option<string> OfServer() => Of("--server", "The built Server.", Path.Combine(AppContext.BaseDirectory, "TimeSeries.Server.dll"));

    /// <summary>Refuses numbers outside of a range; an option that is not given is not checked.</summary>
    public static void Between<T>(this Option<T> option, double minimum, double maximum) => option.Validators.Add(result =>
    {
        if (result.Errors.Any() || result.Tokens.Count == 0)
        {
            return;
        }

        double value = Convert.ToDouble(result.GetValueOrDefault<T>(), System.Globalization.CultureInfo.InvariantCulture);
        if (!(value >= minimum && value <= maximum))
        {
            result.AddError($"{option.Name} must be from {minimum} to {maximum}; found {value}.");
        }
    });
}
