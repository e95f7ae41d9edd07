"""The ports on DynamoDB, SQS, S3, KMS and Secrets Manager."""
