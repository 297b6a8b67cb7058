using TimeSeries.Core.Schema;

namespace TimeSeries.Ingest.Protocols.Otlp.Mapping;

/// <summary>Ordinals of the fields that OTLP fills.</summary>
internal static class Fields
{
    private static readonly KindSchema _transaction = SampleSchema.Of(Kind.Transaction);
    private static readonly KindSchema _sql = SampleSchema.Of(Kind.Sql);
    private static readonly KindSchema _httpc = SampleSchema.Of(Kind.Httpc);
    private static readonly KindSchema _exception = SampleSchema.Of(Kind.Exception);

    /// <summary>Of transactions.</summary>
    public static class Transaction
    {
        public static readonly int Service = _transaction.Ordinal("service");
        public static readonly int Elapsed = _transaction.Ordinal("elapsed");
        public static readonly int Txid = _transaction.Ordinal("txid");
        public static readonly int Method = _transaction.Ordinal("method");
        public static readonly int Status = _transaction.Ordinal("status");
        public static readonly int Error = _transaction.Ordinal("error");
        public static readonly int ErrorClass = _transaction.Ordinal("error_class");
        public static readonly int ErrorMessage = _transaction.Ordinal("error_message");
        public static readonly int SqlCount = _transaction.Ordinal("sql_count");
        public static readonly int SqlTime = _transaction.Ordinal("sql_time");
        public static readonly int HttpcCount = _transaction.Ordinal("httpc_count");
        public static readonly int HttpcTime = _transaction.Ordinal("httpc_time");
        public static readonly int RemoteIp = _transaction.Ordinal("remote_ip");
        public static readonly int Country = _transaction.Ordinal("country");
        public static readonly int City = _transaction.Ordinal("city");
        public static readonly int UserId = _transaction.Ordinal("user_id");
        public static readonly int UserAgent = _transaction.Ordinal("user_agent");
        public static readonly int ApiId = _transaction.Ordinal("api_id");
        public static readonly int ApiName = _transaction.Ordinal("api_name");
        public static readonly int ApiKey = _transaction.Ordinal("api_key");
        public static readonly int OauthId = _transaction.Ordinal("oauth_id");
        public static readonly int Alias = _transaction.Ordinal("alias");
        public static readonly int UpstreamLatency = _transaction.Ordinal("upstream_latency");
    }

    /// <summary>Of SQL calls.</summary>
    public static class Sql
    {
        public static readonly int Text = _sql.Ordinal("sql");
        public static readonly int Elapsed = _sql.Ordinal("elapsed");
        public static readonly int Db = _sql.Ordinal("db");
        public static readonly int Error = _sql.Ordinal("error");
        public static readonly int FetchCount = _sql.Ordinal("fetch_count");
        public static readonly int Txid = _sql.Ordinal("txid");
        public static readonly int Service = _sql.Ordinal("service");
    }

    /// <summary>Of HTTP calls.</summary>
    public static class Httpc
    {
        public static readonly int Url = _httpc.Ordinal("url");
        public static readonly int Elapsed = _httpc.Ordinal("elapsed");
        public static readonly int Host = _httpc.Ordinal("host");
        public static readonly int Port = _httpc.Ordinal("port");
        public static readonly int Method = _httpc.Ordinal("method");
        public static readonly int Status = _httpc.Ordinal("status");
        public static readonly int Error = _httpc.Ordinal("error");
        public static readonly int Txid = _httpc.Ordinal("txid");
        public static readonly int Service = _httpc.Ordinal("service");
    }

    /// <summary>Of exceptions.</summary>
    public static class Exception
    {
        public static readonly int Class = _exception.Ordinal("class");
        public static readonly int Message = _exception.Ordinal("message");
        public static readonly int Service = _exception.Ordinal("service");
        public static readonly int Txid = _exception.Ordinal("txid");
        public static readonly int Stack = _exception.Ordinal("stack");
    }

    /// <summary>The count of a thread sample.</summary>
    public static readonly int ThreadCount = SampleSchema.Of(Kind.Thread).Ordinal("count");
}
