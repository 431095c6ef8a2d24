"""What is known of a repository; each module reads one thing and judges nothing."""
